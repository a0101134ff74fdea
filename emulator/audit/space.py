"""An address space as a log declares it: a mode, a root and an ASID."""

from typing import NamedTuple

from emulator.audit.record import MODES, WORD_LIMIT
from emulator.paging import modes
from emulator.paging.riscv import span

NAMES = {number: name.decode() for name, number in MODES.items()}


class Space(NamedTuple):
    """One address space; `levels` is 0 where nothing is translated."""

    number: int
    mode: str
    root: int
    asid: int
    levels: int

    @classmethod
    def declared(cls, number: int, mode: int, root: int, asid: int) -> "Space":
        """Return the space of a record; `mode` is a MODE of satp that `NAMES` has."""
        name = NAMES[mode]
        return cls(number, name, root, asid, modes.MODES[name].levels if name in modes.MODES else 0)

    def canonical(self, va: int) -> bool:
        """Return whether `va`, unsigned, is one that the tables can translate (F10)."""
        half: int = span(self.levels) // 2
        return va < half or va >= WORD_LIMIT - half

    def __str__(self) -> str:
        if not self.levels:
            return f"space {self.number} (bare)"
        return f"space {self.number} (root {self.root:#x}, asid {self.asid})"
