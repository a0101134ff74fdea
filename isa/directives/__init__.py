"""Directives: one row per meaning, with the names it goes by; `docs/assembler.md` is made from the same rows.

The reader obeys those that decide which lines are read at all (`.if`, `.macro`, `.include`).
"""

from __future__ import annotations

from isa.directives.data import DATA
from isa.directives.names import NAMES
from isa.directives.places import PLACES
from isa.directives.reading import READING
from isa.directives.room import ROOM
from isa.directives.row import Directive
from isa.directives.said import REFUSED, SAID

__all__ = ["DIRECTIVES", "GROUPS", "REFUSED", "Directive"]

GROUPS: tuple[tuple[str, tuple[Directive, ...]], ...] = (
    ("Numbers and texts", DATA),
    ("Room", ROOM),
    ("Sections", PLACES),
    ("Names", NAMES),
    ("Which lines are read", READING),
    ("What is said", SAID),
)

DIRECTIVES: dict[str, Directive] = {
    name: row for rows in (*(rows for _, rows in GROUPS), REFUSED) for row in rows for name in row.names
}
