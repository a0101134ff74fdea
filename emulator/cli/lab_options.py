"""Options of the experiments: what is varied, on which machines, and where the rows go."""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from emulator.base.errors import ConfigError
from emulator.cli.groups import group
from emulator.cli.options import Sets, option
from emulator.cli.places import check_outputs
from emulator.config.strategies import written

Operations = Annotated[str | None, typer.Option("--operation", metavar="LIST", help="mprotect, munmap.")]
Strategies = Annotated[str | None, typer.Option("--strategy", metavar="LIST", help=", ".join(written("reach")) + ".")]
Pages = Annotated[str | None, typer.Option("--pages", metavar="LIST", help="Sizes of the range: 1,2,4 or 1-35.")]
PageCounts = Annotated[str | None, typer.Option("--pages", metavar="LIST", help="How many pages: 64,65 or 1-128.")]
Flavours = Annotated[
    str | None,
    typer.Option("--flavour", metavar="LIST", help="cow, eager, cow-stack, shared-tables, vfork, posix_spawn."),
]
Children = Annotated[str | None, typer.Option("--child", metavar="LIST", help="What it does: exit, exec, touch.")]
ParentPages = Annotated[str | None, typer.Option("--pages", metavar="LIST", help="Pages of the parent: 256,4096.")]
Touched = Annotated[str | None, typer.Option("--touch", metavar="LIST", help="Pages that the child writes to: 16,256.")]
Stride = Annotated[int | None, typer.Option("--stride", metavar="N", help="Pages from one to the next; 1.")]
WorkingSet = Annotated[int | None, typer.Option("--working-set", metavar="N", help="Other pages that are in use.")]
Csv = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write the rows as CSV; `-` prints them.")]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write all as JSON; `-` prints it.")]
Parquet = Annotated[str | None, typer.Option("--parquet", metavar="FILE", help="Write the rows as Parquet.")]
Plot = Annotated[str | None, typer.Option("--plot", metavar="FILE", help="Draw the rows: .png or .svg.")]

Archived = Annotated[
    str | None, typer.Option("--archive", metavar="FILE", help="Write what was asked and all rows, for `lab rerun`.")
]
Latex = Annotated[str | None, typer.Option("--latex", metavar="FILE", help="Write the table as LaTeX; `-` prints it.")]

Workloads = Annotated[
    str | None,
    typer.Option(
        "--workload",
        metavar="LIST",
        help="munmap, mprotect, discard, discard-preempted, cow, fork, fork-and-write, "
        "pingpong, pingpong-no-asids, migrate, snapshot, reclaim, recycle, "
        "pthread_mmap, arenas, tlb_flush1, tlb_flush2, tlb_flush3.",
    ),
]
FlushList = Annotated[
    str | None, typer.Option("--strategy", metavar="LIST", help="As --flush: ceiling:33+concurrent,full.")
]
HartList = Annotated[str | None, typer.Option("--harts", metavar="LIST", help="Harts in use: 1,2,4 or 1-16.")]
ProfileList = Annotated[str | None, typer.Option("--profile", metavar="LIST", help="Names or .toml files.")]
ProfileName = Annotated[str | None, option("profile")]
Paging = Annotated[str | None, option("paging")]
Seed = Annotated[str | None, option("seed")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=1024, metavar="N", help="Measure on N processes.")]
Seeds = Annotated[
    int,
    typer.Option(
        "--seeds", min=0, max=1000, metavar="N", help="Measure on N like machines too: other frames, prices 25 % off."
    ),
]
Robust = Annotated[
    int,
    typer.Option(
        "--robust", min=0, max=1000, metavar="N", help="Which rankings of strategies survive on N like machines."
    ),
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Measure on a Dask cluster: tcp://HOST:PORT.")
]


@group
@dataclass(frozen=True)
class FlushAxes:
    """What the experiment on one range varies, and the machine that it runs on."""

    operation: Operations = None
    strategy: Strategies = None
    pages: Pages = None
    working_set: WorkingSet = None
    profile: ProfileName = None
    paging: Paging = None
    sets: Sets = None


@group
@dataclass(frozen=True)
class Axes:
    """What the experiment on many harts varies, and the machines that it runs on."""

    workload: Workloads = None
    strategy: FlushList = None
    pages: Pages = None
    harts: HartList = None
    profile: ProfileList = None
    sets: Sets = None
    seed: Seed = None


@group
@dataclass(frozen=True)
class ReachAxes:
    """What the experiment on reach varies, and the machines that it runs on."""

    profile: ProfileList = None
    pages: PageCounts = None
    stride: Stride = None
    paging: Paging = None
    sets: Sets = None


@group
@dataclass(frozen=True)
class ForkAxes:
    """What the experiment on forks varies, and the machine that it runs on."""

    flavour: Flavours = None
    child: Children = None
    pages: ParentPages = None
    touch: Touched = None
    profile: ProfileName = None
    paging: Paging = None
    sets: Sets = None


class Outputs:
    """Where the rows go: a group of options, each the name of a file or `-`, which not all of them can be."""

    csv: str | None
    json: str | None
    plot: str | None = None

    @property
    def table(self) -> bool:
        """Whether the standard output has room for a table."""
        return not self._printed()

    def check(self) -> None:
        """Raise ConfigError for two outputs in one place, EmulatorError for one that could not be written."""
        first, *others = self._printed() or [""]
        if others:
            raise ConfigError(f"--{first} - and --{others[0]} -: only one of them can have standard output")
        self._check_names()
        check_outputs({f"--{name}": path for name, path in asdict(self).items()})  # type: ignore[call-overload]
        if self.plot is not None:
            from emulator.lab.plot import check_plot

            check_plot(self.plot)

    def _printed(self) -> list[str]:
        """Return the outputs that standard output gets."""
        return [name for name, path in asdict(self).items() if path == "-"]  # type: ignore[call-overload]

    def _check_names(self) -> None:
        """Raise ConfigError for a file that is not named as what it holds."""


@group
@dataclass(frozen=True)
class Texts(Outputs):
    """The outputs of a table."""

    csv: Csv = None
    json: Json = None
    latex: Latex = None


@group
@dataclass(frozen=True)
class Drawn(Outputs):
    """The outputs of rows that can be drawn."""

    csv: Csv = None
    json: Json = None
    plot: Plot = None


@group
@dataclass(frozen=True)
class Continued(Outputs):
    """The outputs of rows that can be drawn, and measured in several goes: `csv` and `parquet` are continued."""

    csv: Csv = None
    parquet: Parquet = None
    json: Json = None
    plot: Plot = None
    archive: Archived = None
    latex: Latex = None

    @property
    def files(self) -> list[str]:
        """The files that rows are kept in."""
        return [path for path in (self.csv, self.parquet) if path is not None and path != "-"]

    def _check_names(self) -> None:
        for name, path, suffix in (("--csv", self.csv, ".csv"), ("--parquet", self.parquet, ".parquet")):
            if path not in (None, "-") and not str(path).endswith(suffix):
                raise ConfigError(f"{name} {path}: is not named as such a file is; {suffix} at its end is right")
        for name, path in (("--parquet", self.parquet), ("--archive", self.archive)):
            if path == "-":
                raise ConfigError(f"{name} -: is no text; a file is right")
