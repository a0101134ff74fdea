"""What can be said of a machine beside its profile: `--set KEY=VALUE`, for most an option or argument of that name too.

Every setting is a row: a whole number within bounds, one of several words, or a text with a reader of its own.
"""

from typing import NamedTuple

from emulator.base.errors import ConfigError, nearest, shown
from emulator.base.names import Bug
from emulator.config.numbers import as_whole, read_whole

BUGS = {
    Bug.NONE: "no mistake",
    Bug.MISSING_REMOTE: "only the hart's own TLB is flushed",
    Bug.EARLY_ACK: "a hart answers, goes on running, and flushes later",
    Bug.NO_WAIT: "the sender does not wait for the answers",
    Bug.FREE_FIRST: "frames are given back before the flush",
    Bug.LATE_FILL: "a walk begun before the fence fills the TLB after it",
    Bug.COW_NO_LOCAL: "a copy-on-write fault leaves the old entry in the hart's own TLB",
}


class Setting(NamedTuple):
    """One setting. A whole number from `least` to `most`, one of the words that are `known`, or else a text."""

    name: str
    meaning: str
    default: str
    least: int = 0
    most: int = 0
    known: tuple[tuple[str, str], ...] = ()  # words and what they mean

    @property
    def right(self) -> str:
        """What a value has to be, in words, "" for a text."""
        if self.known:
            return ", ".join(word for word, _ in self.known)
        return f"{self.least} to {self.most}" if self.most else ""

    def read(self, text: str) -> int | str:
        """Return what `text` says. Raises ConfigError with the setting, the value and what would be right."""
        if self.known or not self.most:
            return self.take(text)
        return read_whole(text, self.name, self.least, self.most)

    def take(self, value: object) -> int | str:
        """Return `value`, of the setting's own type, checked: no number is read from a text. Raises as `read`."""
        if not self.known and self.most:
            return as_whole(value, self.name, self.least, self.most)
        if not isinstance(value, str):
            right = f"{self.right} are right" if self.known else "a text is right"
            raise ConfigError(f"{self.name}: '{shown(value)}' is no text; {right}")
        words = [word for word, _ in self.known]
        if words and value not in words:
            raise ConfigError(
                f"{self.name}: '{shown(value)}' is unknown{nearest(value, words)} ({', '.join(words)} are right)"
            )
        return value


SETTINGS = (
    Setting("harts", "harts (cores), each with TLBs and caches of its own below the third level", "1", 1, 256),
    Setting("memory", "physical memory in whole pages, 1MiB to 64GiB", "256MiB"),
    Setting(
        "paging",
        "how deep page tables are",
        "sv39",
        known=(("sv39", "3 levels"), ("sv48", "4 levels"), ("sv57", "5 levels")),
    ),
    Setting("seed", "where all chance begins: same seed, same cycles", "0", 0, (1 << 63) - 1),
    Setting(
        "fork",
        "what fork does with private pages",
        "cow",
        known=(
            ("cow", "share them, copy on write"),
            ("eager", "copy all at once"),
            ("cow-stack", "as cow, but copy the stack's top at once"),
        ),
    ),
    Setting("flush", "invalidation strategies, joined by `+`", "ceiling:33"),
    Setting(
        "ad",
        "who sets a PTE's A and D bits",
        "svadu",
        known=(("svadu", "the walker"), ("svade", "the kernel: a clear one faults")),
    ),
    Setting("quantum", "a thread's turn while others wait, in cycles", "1000000", 1, 10**15),
    Setting("schedule", "whose turn it is: `time`, `seed:N` or a file of steps", "time"),
    Setting("skew", "how far harts run apart, in cycles", "1000", 1, 10**9),
    Setting("tick", "the period of the timer that sweeps what is postponed, in cycles", "3400000", 1, 10**15),
    Setting("pti", "1: kernel and user have page tables of their own, against Meltdown", "0", 0, 1),
    Setting("asid_bits", "bits of an ASID; 0: every switch drops all", "12", 0, 12),
    Setting(
        "tlb",
        "what TLBs keep",
        "lru",
        known=(("lru", "as the profile says, true LRU"), ("adversarial", "whatever the architecture allows")),
    ),
    Setting("check_stale", "1: every use of a stale entry is reported", "0", 0, 1),
    Setting(
        "bug",
        "a mistake in the kernel, for `check_stale` to find",
        "none",
        known=tuple((bug.name.lower().replace("_", "-"), meaning) for bug, meaning in BUGS.items()),
    ),
)
NAMES = tuple(setting.name for setting in SETTINGS)

# What has an option of its own, on the command line and in `#? run:` lines; `--set` takes the others.
MACHINE_OPTIONS = ("profile", "harts", "memory", "paging", "seed", "fork", "flush", "ad", "tlb", "schedule")
