"""A frame whose count is wrong."""

from typing import NamedTuple

from emulator.ledger import FrameLedger

NOTHING = 0


class Imbalance(NamedTuple):
    """A frame that counts other references than there are, or is free and not: `wrong` says so."""

    frame: int
    wrong: str

    def told(self, ledger: FrameLedger) -> str:
        """Return what is wrong and the frame's history, as far as `ledger` has it."""
        history = "".join(f"\n  {row}" for row in ledger.of(self.frame))
        return f"frame {self.frame:#x} {self.wrong}{history}"
