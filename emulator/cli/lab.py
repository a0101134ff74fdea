"""`pagewalk lab`: experiments, one command each."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emulator.base.errors import ConfigError
from emulator.cli.options import Paging, ProfileName, Seed, Sets, overrides_of
from emulator.cli.output import note, show
from emulator.cli.places import check_outputs, write_file, writing
from emulator.cli.status import INTERRUPTED

if TYPE_CHECKING:
    from emulator.lab.invalidation.case import Task
    from emulator.lab.store import Key, Row

lab = typer.Typer(
    help="Experiments: many runs of one small program, and what differs between them.",
    rich_markup_mode=None,
)

Operations = Annotated[str | None, typer.Option("--operation", metavar="LIST", help="mprotect, munmap.")]
Strategies = Annotated[str | None, typer.Option("--strategy", metavar="LIST", help="ceiling:N, asid, full.")]
Pages = Annotated[str | None, typer.Option("--pages", metavar="LIST", help="Sizes of the range: 1,2,4 or 1-35.")]
WorkingSet = Annotated[int | None, typer.Option("--working-set", metavar="N", help="Other pages that are in use.")]
Csv = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write the rows as CSV; `-` prints them.")]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write all as JSON; `-` prints it.")]
Parquet = Annotated[str | None, typer.Option("--parquet", metavar="FILE", help="Write the rows as Parquet.")]
Plot = Annotated[str | None, typer.Option("--plot", metavar="FILE", help="Draw the rows: .png or .svg.")]

Workloads = Annotated[
    str | None,
    typer.Option(
        "--workload",
        metavar="LIST",
        help="munmap, mprotect, discard, cow, fork, fork-and-write, "
        "pingpong, pingpong-no-asids, migrate, snapshot, reclaim.",
    ),
]
FlushList = Annotated[
    str | None, typer.Option("--strategy", metavar="LIST", help="As --flush: ceiling:33+concurrent,full.")
]
HartList = Annotated[str | None, typer.Option("--harts", metavar="LIST", help="Harts in use: 1,2,4 or 1-16.")]
ProfileList = Annotated[str | None, typer.Option("--profile", metavar="LIST", help="Names or .toml files.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=1024, metavar="N", help="Measure on N processes.")]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Measure on a Dask cluster: tcp://HOST:PORT.")
]


@lab.callback(invoke_without_command=True)
def experiments(context: typer.Context) -> None:
    """Show the help where there is no command."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@lab.command()
def flush(
    operation: Operations = None,
    strategy: Strategies = None,
    pages: Pages = None,
    working_set: WorkingSet = None,
    profile: ProfileName = None,
    paging: Paging = None,
    sets: Sets = None,
    csv: Csv = None,
    json: Json = None,
    plot: Plot = None,
) -> None:
    """Measure what invalidating a range costs, at once and later, against its pages, for each strategy."""
    from emulator.cli import compiling
    from emulator.lab.flush import FlushLab, Sweep
    from emulator.lab.plot import check_plot, flush_plot
    from emulator.lab.table import as_csv, as_json, crossover_table, flush_table

    if csv == json == "-":
        raise ConfigError("--csv - and --json -: only one of them can have standard output")
    check_outputs({"--csv": csv, "--json": json, "--plot": plot})
    if plot is not None:
        check_plot(plot)
    given = {"operations": operation, "strategies": strategy, "pages": pages, "working_set": working_set}
    sweep = Sweep.read(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    machine: dict[str, Any] = {"profile": profile or "skylake", "paging": paging or "sv39"}
    measured = FlushLab(**machine, overrides=overrides_of(sets))
    compiling.await_compiled()
    rows = measured.rows(sweep.cases())
    crossovers = measured.crossovers(sweep.operations, sweep.strategies, sweep.working_set)
    if "-" not in (csv, json):
        show([flush_table(rows)], sys.stdout)
        if crossovers:
            show(["", crossover_table(crossovers, sweep.working_set)], sys.stdout)
    if csv is not None:
        write_file(csv, as_csv(rows))
    if json is not None:
        write_file(json, as_json(rows, crossovers, {**machine, "set": overrides_of(sets)}))
    if plot is not None:
        with writing(plot) as file:
            flush_plot(rows, file, os.path.splitext(plot)[1])


@lab.command()
def invalidation(
    workload: Workloads = None,
    strategy: FlushList = None,
    pages: Pages = None,
    harts: HartList = None,
    profile: ProfileList = None,
    sets: Sets = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    csv: Csv = None,
    parquet: Parquet = None,
    json: Json = None,
    plot: Plot = None,
) -> None:
    """Measure what invalidation costs on many harts: directly, waiting, stolen from others, and in misses later.

    A file of rows that exists is continued: what it holds is not measured again.
    """
    from emulator.lab.invalidation.case import Sweep
    from emulator.lab.invalidation.row import COLUMNS, KEY
    from emulator.lab.invalidation.table import as_json, invalidation_table
    from emulator.lab.store import Store, as_csv, collect

    if csv == json == "-":
        raise ConfigError("--csv - and --json -: only one of them can have standard output")
    for option, path, suffix in (("--csv", csv, ".csv"), ("--parquet", parquet, ".parquet")):
        if path not in (None, "-") and not str(path).endswith(suffix):
            raise ConfigError(f"{option} {path}: is not named as such a file is; {suffix} at its end is right")
    if parquet == "-":
        raise ConfigError("--parquet -: is no text; a file is right")
    check_outputs({"--csv": csv, "--parquet": parquet, "--json": json, "--plot": plot})
    if plot is not None:
        from emulator.lab.plot import check_plot

        check_plot(plot)
    if scheduler is not None and jobs != 1:
        raise ConfigError("--jobs and --scheduler: a cluster has its own workers; one of them is right")
    sweep = Sweep.read(workload, strategy, pages, harts, profile, seed or 0, overrides_of(sets))
    tasks = list(sweep.tasks())
    order = [task.key for task in tasks]
    files = [path for path in (csv, parquet) if path not in (None, "-")]
    store = Store(files, COLUMNS, [column.name for column in KEY])
    missing = [task for task in tasks if task.key not in store.rows]
    if len(missing) < len(tasks):
        note(f"{files[0]}: {len(tasks) - len(missing)} of {len(tasks)} cases are there already")
    try:
        collect(_shown(_measured(missing, jobs, scheduler), len(missing)), store, order)
    except KeyboardInterrupt:
        done = sum(key in store.rows for key in order)
        note(
            f"interrupted; {done} of {len(tasks)} cases measured" + "; the same command goes on from here" * bool(files)
        )
        raise typer.Exit(INTERRUPTED) from None
    rows = [store.rows[key] for key in order]
    if "-" not in (csv, json):
        show([invalidation_table(rows)], sys.stdout)
    if csv == "-":
        write_file(csv, as_csv(rows, COLUMNS))
    if json is not None:
        write_file(json, as_json(rows))
    if plot is not None:
        from emulator.lab.invalidation.plot import invalidation_plot

        with writing(plot) as file:
            invalidation_plot(rows, file, os.path.splitext(plot)[1])


def _measured(tasks: "Sequence[Task]", jobs: int, scheduler: str | None) -> "Iterator[Row]":
    """Measure the tasks, once there is compiled code: plain Python would take an hour for what it does in a minute."""
    from emulator.cli import compiling
    from emulator.lab.invalidation.measure import measure
    from emulator.lab.workers import measured

    if tasks and scheduler is None:
        compiling.await_compiled()
    yield from measured(tasks, measure, jobs, scheduler)


def _shown(rows: "Iterable[Row]", count: int) -> "Iterator[Row]":
    """Pass rows on, with a bar on a terminal that says how many there are and how long the rest will take."""
    if not sys.stderr.isatty() or count < 2:
        yield from rows
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("measuring", total=count)
        for row in rows:
            yield row
            progress.update(bar, advance=1, description=f"{row['workload']} {row['strategy']}")


@lab.command()
def validate(
    rows: Annotated[str | None, typer.Option("--row", metavar="LIST", help="Rows of the table: V1,V4,V12.")] = None,
    jobs: Jobs = 1,
    csv: Csv = None,
    json: Json = None,
) -> None:
    """Set published figures beside emulated ones, and say what each depends on."""
    from emulator.lab.axes import choices
    from emulator.lab.validation.published import FIGURES, ROWS
    from emulator.lab.validation.table import constants_table, csv_of, json_of, notes, validation_table
    from emulator.lab.validation.verdict import judge, tasks_of

    _check_text_outputs(csv, json)
    chosen = ROWS if rows is None else choices(rows, "row", ROWS)
    figures = [figure for figure in FIGURES if figure.row in chosen]
    tasks = tasks_of(figures)
    measured = _shown(_measured(tasks, jobs, None), len(tasks))
    found = {_key_of(row): row for row in measured}
    verdicts = judge(figures, found)
    if "-" not in (csv, json):
        show([validation_table(verdicts), "", constants_table(verdicts), "", *notes(verdicts)], sys.stdout)
    if csv is not None:
        write_file(csv, csv_of(verdicts))
    if json is not None:
        write_file(json, json_of(verdicts))


def _key_of(row: "Row") -> "Key":
    """Return what tells a row from others."""
    from emulator.lab.invalidation.row import KEY

    return tuple(row[column.name] for column in KEY)


def _check_text_outputs(csv: str | None, json: str | None) -> None:
    if csv == json == "-":
        raise ConfigError("--csv - and --json -: only one of them can have standard output")
    check_outputs({"--csv": csv, "--json": json})
