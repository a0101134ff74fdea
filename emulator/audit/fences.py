"""Fences by place: how many, and how many of them nothing had made necessary."""

from dataclasses import dataclass

from emulator.config.limits import MOST_FINDINGS


@dataclass
class Tally:
    """The fences at one place: all, the needless ones, and those of them before which nothing had changed at all."""

    fences: int = 0
    needless: int = 0
    unchanged: int = 0


class Fences:
    """All fences of a log by pc, -1 where that is not known; of very many places the first."""

    def __init__(self) -> None:
        self.by_place: dict[int, Tally] = {}
        self.all = Tally()

    def count(self, pc: int, needed: bool, unchanged: bool, by: int = 1) -> None:
        """Count a fence; `by` -1 takes back that it was needless."""
        tallies = [self.all]
        if pc in self.by_place or len(self.by_place) < MOST_FINDINGS:
            tallies.append(self.by_place.setdefault(pc, Tally()))
        for tally in tallies:
            tally.fences += by > 0
            if not needed:
                tally.needless += by
                tally.unchanged += by * unchanged
