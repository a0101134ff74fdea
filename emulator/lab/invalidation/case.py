"""What is to be measured: one case, and the sweep of all of them that an experiment is."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from emulator.base.errors import ConfigError
from emulator.config import Config, Flush, Profile, load_profile, parse_flush
from emulator.lab.axes import choices, numbers, words
from emulator.lab.invalidation.workload import MOST_HARTS, MOST_PAGES, Workload
from emulator.lab.invalidation.workloads import BY_NAME, NAMES
from emulator.lab.store import Key

TAKEN = {
    "flush": "--strategy",
    "harts": "--harts",
    "seed": "--seed",
}


@dataclass(frozen=True)
class Case:
    """One workload under one strategy, on so many pages and harts, on machines of one profile."""

    workload: str
    strategy: str
    pages: int
    harts: int
    profile: str


@dataclass(frozen=True)
class Task:
    """A case with all that its measurement needs; it can be sent to another process or another computer."""

    case: Case
    profile: Profile
    seed: int = 0
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What tells this measurement from all others, in the order of the first columns of a row."""
        case = self.case
        settings = " ".join(f"{key}={value}" for key, value in sorted(self.overrides.items()))
        return case.workload, case.strategy, case.pages, case.harts, case.profile, self.seed, settings

    @property
    def weight(self) -> int:
        """How long it takes, compared with others: so that the longest can be begun first."""
        return (self.case.pages + 16) * (self.case.harts + 1)


@dataclass(frozen=True)
class Sweep:
    """The experiment: every workload under its strategies on every number of pages and harts, for every profile.

    An axis that is None is each workload's own.
    """

    workloads: tuple[Workload, ...]
    strategies: tuple[Flush, ...] | None
    pages: tuple[int, ...] | None
    harts: tuple[int, ...] | None
    profiles: tuple[tuple[str, Profile], ...]  # as a row names it, and what it is
    seed: int = 0
    overrides: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        workloads: str | None = None,
        strategies: str | None = None,
        pages: str | None = None,
        harts: str | None = None,
        profiles: str | None = None,
        seed: str | int = 0,
        overrides: Mapping[str, str] | None = None,
    ) -> "Sweep":
        """Return the sweep of these lists (`1,2,4`). Raises ConfigError naming the list and what is right."""
        for key in TAKEN.keys() & (overrides or {}).keys():
            raise ConfigError(f"{key}: is what this experiment varies; {TAKEN[key]} chooses its values")
        chosen = NAMES if workloads is None else choices(workloads, "workload", BY_NAME)
        listed = [] if strategies is None else words(strategies, "strategy", "a list such as ceiling:33,full")
        policies = tuple(map(parse_flush, listed))
        names = ["skylake"] if profiles is None else words(profiles, "profile", "a list such as skylake,ideal")
        sweep = cls(
            tuple(BY_NAME[name] for name in chosen),
            policies or None,
            None if pages is None else numbers(pages, "pages", 0, MOST_PAGES),
            None if harts is None else numbers(harts, "harts", 1, MOST_HARTS),
            tuple((_label(name), load_profile(name)) for name in names),
            Config.make(overrides={"seed": seed}).seed,  # text is read, or refused
            dict(overrides or {}),
        )
        for _, profile in sweep.profiles:  # a setting that makes no machine is refused before the first case
            Config.make(profile, overrides=sweep.overrides)
        sweep._check_pages()
        return sweep

    def tasks(self) -> Iterator[Task]:
        """Return every task, harts varying fastest, then pages."""
        for label, profile in self.profiles:
            for workload in self.workloads:
                for strategy in self.strategies or workload.strategies:
                    for pages in self.pages or workload.pages:
                        for harts in workload.harts_of(self.harts or workload.harts):
                            case = Case(workload.name, str(strategy), pages, harts, label)
                            yield Task(case, profile, self.seed, self.overrides)

    def _check_pages(self) -> None:
        for workload in self.workloads:
            for pages in self.pages or ():
                if pages < workload.least_pages:
                    raise ConfigError(
                        f"pages: {pages} is out of range for {workload.name}; "
                        f"{workload.least_pages} to {MOST_PAGES} is right"
                    )


def _label(name: str) -> str:
    """Return a profile's name in rows; a file's with a digest of its text, which may change while the name stays."""
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        return name
    return f"{name}@{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
