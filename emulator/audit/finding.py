"""What an audit finds: a missing flush, by its mistake and the two places that make it, with its first case in full."""

from typing import NamedTuple

from emulator.audit.memory import Leaf, Write
from emulator.audit.space import Space
from emulator.base.kernel_names import Mistake
from emulator.config.limits import MOST_FINDINGS


class Use(NamedTuple):
    """The record that shows a mistake: an access, or a frame that is given back (`kind`); `pc` -1: not known."""

    number: int
    kind: int
    hart: int
    va: int
    pc: int


class Switch(NamedTuple):
    """A hart's entry into an address space under an ASID that another root had there before."""

    number: int
    hart: int
    pc: int
    before: Space
    after: Space


class Held(NamedTuple):
    """What a hart remembers: what that grants, since which record, and the table that a pointer leads to."""

    hart: int
    leaf: Leaf
    filled: int
    table: int  # 0: no pointer


class Finding:
    """Uses alike of entries that memory no longer grants; all but the counts is of the first one."""

    def __init__(self, mistake: Mistake, use: Use, held: Held, memory: Leaf | None, culprit: Write | Switch) -> None:
        self.mistake = mistake
        self.use = use
        self.held = held
        self.memory = memory
        self.culprit = culprit
        self.uses = 0
        self.entries = 0
        self.fence = 0  # the record of the fence that dropped the first entry at last; EARLY_FLUSH: that came too early
        self.frame = 0  # the record that made the frame another's: given back, handed out, or mapped elsewhere

    @property
    def named(self) -> Mistake:
        """Return what was done wrong, as is known at the end of the log: a flush that came after all was late."""
        late = self.mistake == Mistake.NO_FLUSH and self.fence
        return Mistake.LATE_FLUSH if late else self.mistake

    @property
    def key(self) -> tuple[int, int, int]:
        """Return what findings alike have in common: the mistake, where the PTE was changed, where it was used."""
        culprit = self.culprit
        cause = culprit.pc if culprit.pc >= 0 else culprit.place if isinstance(culprit, Write) else culprit.after.number
        return self.mistake, cause, self.use.pc if self.use.pc >= 0 else self.held.leaf.page


class Findings:
    """All findings of an audit, grouped; of very many groups the first, the rest counted."""

    def __init__(self) -> None:
        self.groups: dict[tuple[int, int, int], Finding] = {}
        self.left_out = 0

    def add(self, finding: Finding) -> Finding:
        """Return the group that `finding` belongs to: itself if it is the first of its kind."""
        group = self.groups.get(finding.key)
        if group is None:
            group = finding
            if len(self.groups) < MOST_FINDINGS:
                self.groups[finding.key] = finding
            else:
                self.left_out += 1
        group.entries += 1
        return group

    def sorted(self) -> list[Finding]:
        """Return the groups, the gravest and most frequent first."""
        return sorted(self.groups.values(), key=lambda finding: (-finding.uses, finding.use.number))
