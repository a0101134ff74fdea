"""A column of a table that users read: its name, its type, and what it means."""

from typing import Any, NamedTuple


class Column(NamedTuple):
    """One field of an event, of a row of the ledger or of the checker's; `docs/events.md` lists them."""

    name: str
    type: Any
    meaning: str
    shape: tuple[int, ...] = ()
