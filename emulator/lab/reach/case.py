"""The cases of the experiment: a chase through so many pages, so many pages apart, on one machine."""

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.base.bits import PAGE_BYTES
from emulator.base.errors import ConfigError
from emulator.config import Profile, load_profile
from emulator.lab.axes import numbers, words

MOST_PAGES = 65536
MOST_STRIDE = 1 << 18  # pages: 1 GiB
MOST_BYTES = 1 << 38  # of addresses: what a process has in three levels of tables
AROUND = (64, 512, 1024, 2048, 4096, 8192)  # pages that are measured on every machine, beside its knees


@dataclass(frozen=True)
class Case:
    """One chase: pages of 4 KiB, `stride` pages apart, one word of each in a line of its own."""

    profile: str
    pages: int
    stride: int


@dataclass(frozen=True)
class Sweep:
    """The experiment: every machine, each with every number of pages."""

    profiles: tuple[Profile, ...]
    pages: tuple[int, ...] | None  # None: both sides of each machine's knees, and some others
    stride: int

    @classmethod
    def read(cls, profiles: str = "skylake", pages: str | None = None, stride: int = 1) -> "Sweep":
        """Return the sweep of these lists. Raises ConfigError naming the list and what is right."""
        if not 1 <= stride <= MOST_STRIDE:
            raise ConfigError(f"stride: {stride} is out of range; 1 to {MOST_STRIDE} pages is right")
        machines = tuple(load_profile(name) for name in words(profiles, "profile", "a list such as skylake,zen2"))
        counts = None if pages is None else numbers(pages, "pages", 1, MOST_PAGES)
        most = (counts or (max(AROUND),))[-1]
        if most * stride * PAGE_BYTES > MOST_BYTES:
            raise ConfigError(
                f"pages: {most} pages, {stride} apart, take more addresses than a process has; "
                f"{MOST_BYTES // (stride * PAGE_BYTES)} at most is right"
            )
        return cls(machines, counts, stride)

    def cases(self) -> Iterator[tuple[Profile, Case]]:
        """Return every case with its machine, pages varying fastest."""
        for profile in self.profiles:
            for pages in self.pages or knees_and_beyond(profile):
                yield profile, Case(profile.name, pages, self.stride)


def knees_and_beyond(profile: Profile) -> tuple[int, ...]:
    """Return the pages that the data TLBs of `profile` hold, one more of each, a half more, and `AROUND`."""
    found = set(AROUND)
    for entries in (profile.tlb.l1d.entries, profile.tlb.l2.entries):
        if entries:
            found |= {entries, entries + 1, entries + entries // 2}
    return tuple(sorted(found))
