"""A published figure, and what is emulated for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from emulator.config import Profile, load_profile
from emulator.lab.invalidation.case import Case, Task
from emulator.lab.store import Row
from emulator.lab.validation.constant import Constant, constant_of
from emulator.lab.validation.depends import keys_of
from emulator.lab.validation.publications import PUBLICATIONS, row_of

Rows = Mapping[str, Row]  # by the name of the run
Prices = Mapping[str, int]  # of the figure's profile
PER_NANOSECOND = {"ns": 1.0, "us": 1000.0}  # units that a profile's clock makes of cycles

profile_of = cache(load_profile)


@dataclass(frozen=True)
class Run:
    """One case that a figure is computed from; `profile` where it is not the figure's own."""

    workload: str
    strategy: str
    pages: int
    harts: int
    profile: str = ""


@dataclass(frozen=True)
class Figure:
    """One published figure: `emulated` computes it from the rows of `runs`, and it should lie within `limits`.

    What is published in ns or us is computed in cycles; the clock of `profile` makes time of it. `closed` computes from
    prices alone what `emulated` cannot but come near to, where there is such a form. A figure without `emulated` cannot
    be modelled, and one without `published` has been published by nobody: `note` says why; in others it explains what
    is outside. One that is emulated without `runs` is no matter of programs (`nested`).
    """

    name: str  # the row of the table of published figures, and which of its figures
    what: str
    machine: str
    published: float | None
    unit: str
    limits: tuple[float, float] = (0, 0)
    runs: Mapping[str, Run] = field(default_factory=dict)
    emulated: Callable[[Rows], float] | None = None
    closed: Callable[[Prices], float] | None = None
    profile: str = "skylake"
    note: str = ""
    claim: str = ""  # what it is one of several figures of; its own `what`, where it stands for itself
    by: str = ""  # who published it, in a row of several publications
    prices: tuple[str, ...] = ()  # of what nobody has published; else see `depends`

    @property
    def row(self) -> str:
        """The row of the table of published figures: V1."""
        return row_of(self.name)

    @property
    def published_by(self) -> str:
        """Who published it, in the words by which the sources of constants name them."""
        return self.by or PUBLICATIONS[self.row]

    @property
    def of_claim(self) -> str:
        """What it is about: the claim that it is one figure of."""
        return self.claim or self.what

    @property
    def depends(self) -> tuple[str, ...]:
        """The keys of the constants that matter, in the profiles."""
        return keys_of(self.name) or tuple(f"price.{name}" for name in self.prices)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles of the machines that it is computed from, its own first."""
        return tuple(dict.fromkeys((self.profile, *(run.profile or self.profile for run in self.runs.values()))))

    def tasks(self) -> dict[str, Task]:
        """Return what is to be measured, by the name of the run."""
        tasks = {}
        for name, run in self.runs.items():
            profile = run.profile or self.profile
            case = Case(run.workload, run.strategy, run.pages, run.harts, profile)
            tasks[name] = Task(case, profile_of(profile))
        return tasks

    def value(self, rows: Rows) -> float:
        """Return what is emulated for it, in its unit, from the rows of its runs."""
        assert self.emulated is not None
        return self.in_unit(self.emulated(rows))

    def closed_form(self) -> float | None:
        """Return what its prices alone say, in its unit, or None."""
        if self.closed is None:
            return None
        return self.in_unit(self.closed({name: row.cycles for name, row in self.machine_profile.price.items()}))

    @property
    def machine_profile(self) -> Profile:
        """The profile of its machine."""
        return profile_of(self.profile)

    def in_unit(self, value: float) -> float:
        """Return `value`, in cycles where the unit is one of time, in that unit."""
        if self.unit not in PER_NANOSECOND:
            return value
        return value / self.machine_profile.clock_ghz / PER_NANOSECOND[self.unit]

    def constants(self) -> tuple[Constant, ...]:
        """Return all constants that it depends on, of its own machine first."""
        return tuple(
            dict.fromkeys(constant_of(profile_of(profile), key) for profile in self.profiles for key in self.depends)
        )


def near(published: float, percent: float = 25) -> tuple[float, float]:
    """Return the limits that lie `percent` below and above a published figure: a quarter, unless there is a reason."""
    off = abs(published) * percent / 100
    return published - off, published + off
