"""A published figure, and what is emulated for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emulator.config import Profile
from emulator.lab.invalidation.case import Case, Task
from emulator.lab.store import Row
from emulator.lab.validation.constant import Constant, constant_of

# On one hart no turn ends where the prices of what came before happen to put it. (On more, threads begin at turns.)
UNDISTURBED = {"quantum": "1000000000000"}
Rows = Mapping[str, Row]  # by the name of the run


@dataclass(frozen=True)
class Run:
    """One case that a figure is computed from."""

    workload: str
    strategy: str
    pages: int
    harts: int


@dataclass(frozen=True)
class Figure:
    """One published figure: `emulated` computes it from the rows of `runs`, and it should lie in `least` to `most`.

    `given` are constants that hold for this figure alone, in place of the profile's; `depends` names the profile's that
    matter. A figure without `emulated` cannot be modelled, and `note` says why; in others it explains what is outside.
    """

    name: str  # the row of the table of published figures, and which of its figures
    what: str
    machine: str
    published: float
    unit: str
    least: float = 0
    most: float = float("inf")
    runs: Mapping[str, Run] = field(default_factory=dict)
    emulated: Callable[[Rows], float] | None = None
    given: tuple[Constant, ...] = ()
    depends: tuple[str, ...] = ()
    profile: str = "skylake"
    note: str = ""

    @property
    def row(self) -> str:
        """The row of the table of published figures: V1."""
        return self.name.split()[0]

    def tasks(self, profile: Profile) -> dict[str, Task]:
        """Return what is to be measured, by the name of the run."""
        given = {constant.key: constant.value for constant in self.given}
        tasks = {}
        for name, run in self.runs.items():
            case = Case(run.workload, run.strategy, run.pages, run.harts, self.profile)
            tasks[name] = Task(case, profile, 0, given | (UNDISTURBED if run.harts == 1 else {}))
        return tasks

    def constants(self, profile: Profile) -> tuple[Constant, ...]:
        """Return all constants that it depends on."""
        return (*self.given, *(constant_of(profile, key) for key in self.depends))
