"""`pagewalk lab`: experiments, one command each."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emulator.base.errors import ConfigError
from emulator.cli.groups import expanded
from emulator.cli.lab_fork import fork
from emulator.cli.lab_options import Axes, Continued, Drawn, FlushAxes, Jobs, ReachAxes, Robust, Scheduler, Seeds, Texts
from emulator.cli.options import overrides_of
from emulator.cli.output import note, show
from emulator.cli.places import write_file, writing
from emulator.cli.progress import with_bar
from emulator.cli.status import INTERRUPTED

if TYPE_CHECKING:
    from emulator.lab.invalidation.case import Task
    from emulator.lab.store import Key, Row

lab = typer.Typer(
    help="Experiments: many runs of one small program, and what differs between them.",
    rich_markup_mode=None,
)


lab.command()(fork)


@lab.callback(invoke_without_command=True)
def experiments(context: typer.Context) -> None:
    """Show the help where there is no command."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@lab.command()
@expanded
def flush(axes: FlushAxes, outputs: Drawn) -> None:
    """Measure what invalidating a range costs, at once and later, against its pages, for each strategy."""
    from emulator.cli import compiling
    from emulator.lab.flush import FlushLab, Sweep
    from emulator.lab.plot import flush_plot
    from emulator.lab.table import as_csv, as_json, crossover_table, flush_table

    outputs.check()
    given = {
        "operations": axes.operation,
        "strategies": axes.strategy,
        "pages": axes.pages,
        "working_set": axes.working_set,
    }
    sweep = Sweep.read(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    machine: dict[str, Any] = {"profile": axes.profile or "skylake", "paging": axes.paging or "sv39"}
    overrides = overrides_of(axes.sets)
    measured = FlushLab(**machine, overrides=overrides)
    compiling.await_compiled()
    rows = measured.rows(sweep.cases())
    crossovers = measured.crossovers(sweep.operations, sweep.strategies, sweep.working_set)
    if outputs.table:
        show([flush_table(rows)], sys.stdout)
        if crossovers:
            show(["", crossover_table(crossovers, sweep.working_set)], sys.stdout)
    if outputs.csv is not None:
        write_file(outputs.csv, as_csv(rows))
    if outputs.json is not None:
        write_file(outputs.json, as_json(rows, crossovers, {**machine, "set": overrides}))
    if outputs.plot is not None:
        with writing(outputs.plot) as file:
            flush_plot(rows, file, os.path.splitext(outputs.plot)[1])


@lab.command()
@expanded
def invalidation(
    axes: Axes, jobs: Jobs = 1, scheduler: Scheduler = None, robust: Robust = 0, *, outputs: Continued
) -> None:
    """Measure what invalidation costs on many harts: directly, waiting, stolen from others, and in misses later.

    A file of rows that exists is continued: what it holds is not measured again. With --robust each row is measured on
    N like machines too, and the table says which rankings of strategies are the same on all.
    """
    from emulator.lab.invalidation.case import Sweep
    from emulator.lab.invalidation.robust import machines_of, rankings, robust_table
    from emulator.lab.invalidation.row import COLUMNS, KEY
    from emulator.lab.invalidation.table import as_json, as_latex, invalidation_table
    from emulator.lab.store import Store, as_csv, collect

    outputs.check()
    if scheduler is not None and jobs != 1:
        raise ConfigError("--jobs and --scheduler: a cluster has its own workers; one of them is right")
    lists = axes.workload, axes.strategy, axes.pages, axes.harts, axes.profile
    sweep = Sweep.read(*lists, seed=axes.seed or 0, overrides=overrides_of(axes.sets))
    machines = machines_of(sweep.tasks(), robust)
    tasks = [task for like in machines for task in like]
    order = [task.key for task in tasks]
    files = outputs.files
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
    own = [store.rows[like[0].key] for like in machines]
    if outputs.table:
        found = robust_table(rankings(machines, store.rows)) if robust else invalidation_table(rows)
        show([found], sys.stdout)
    if outputs.csv == "-":
        write_file(outputs.csv, as_csv(rows, COLUMNS))
    if outputs.json is not None:
        write_file(outputs.json, as_json(rows))
    if outputs.latex is not None:
        write_file(outputs.latex, as_latex(rows))
    if outputs.plot is not None:
        from emulator.lab.invalidation.plot import invalidation_plot

        with writing(outputs.plot) as file:
            invalidation_plot(own, file, os.path.splitext(outputs.plot)[1])
    if outputs.archive is not None:
        from emulator.lab.archive import pack

        with writing(outputs.archive) as file:
            file.write(pack(sweep, own))


@lab.command()
@expanded
def reach(axes: ReachAxes, outputs: Drawn) -> None:
    """Measure what a load takes whose page is one of so many, each load waiting for the one before.

    Without --pages, both sides of what each machine's TLBs hold, and some others. With --stride 512 each page has a
    table of its own, which tells how far walk caches reach.
    """
    from emulator.cli import compiling
    from emulator.lab.reach import measure
    from emulator.lab.reach.case import Sweep
    from emulator.lab.reach.plot import reach_plot
    from emulator.lab.reach.table import knees_table, reach_table
    from emulator.lab.rows import as_csv, as_json

    outputs.check()
    sweep = Sweep.read(axes.profile or "skylake", axes.pages, 1 if axes.stride is None else axes.stride)
    machine: dict[str, Any] = {"overrides": overrides_of(axes.sets)}
    if axes.paging is not None:
        machine["paging"] = axes.paging
    compiling.await_compiled()
    cases = len(list(sweep.cases()))
    rows = list(with_bar(measure.rows(sweep, **machine), cases, lambda row: f"{row.case.profile} {row.case.pages}"))
    if outputs.table:
        show([reach_table(rows), "", knees_table(rows)], sys.stdout)
    if outputs.csv is not None:
        write_file(outputs.csv, as_csv(rows))
    if outputs.json is not None:
        write_file(outputs.json, as_json(rows, machine))
    if outputs.plot is not None:
        with writing(outputs.plot) as file:
            reach_plot(rows, file, os.path.splitext(outputs.plot)[1])


@lab.command()
@expanded
def rerun(
    archive: Annotated[str, typer.Argument(metavar="ARCHIVE", help="What `lab invalidation --archive` has written.")],
    jobs: Jobs = 1,
) -> None:
    """Do a sweep again that others have archived, and say whether its rows come out the same, byte for byte.

    Exits with 1 where one does not.
    """
    from emulator.lab.archive import difference, unpack
    from emulator.lab.invalidation.row import COLUMNS
    from emulator.lab.store import as_csv
    from emulator.native.cache import source_hash

    with open(archive, "rb") as file:
        found = unpack(file.read(), archive)
    tasks = list(found.sweep.tasks())
    rows = {_key_of(row): row for row in _shown(_measured(tasks, jobs, None), len(tasks))}
    now = as_csv((rows[task.key] for task in tasks), COLUMNS).encode()
    differs = difference(found.rows, now)
    show([f"{archive}: {differs or f'{len(tasks)} rows are the same, byte for byte'}"], sys.stdout)
    if differs and found.sources != source_hash():
        note(f"{archive}: was measured by other sources ({found.sources}) than these ({source_hash()})")
    raise typer.Exit(1 if differs else 0)


def _measured(tasks: "Sequence[Task]", jobs: int, scheduler: str | None) -> "Iterator[Row]":
    """Measure the tasks, once there is compiled code: plain Python would take an hour for what it does in a minute."""
    from emulator.cli import compiling
    from emulator.lab.invalidation.measure import measure
    from emulator.lab.workers import measured

    if tasks and scheduler is None:
        compiling.await_compiled()
    yield from measured(tasks, measure, jobs, scheduler)


def _shown(rows: "Iterable[Row]", count: int) -> "Iterator[Row]":
    """Pass rows on, showing on a terminal how many there are."""
    return with_bar(rows, count, lambda row: f"{row['workload']} {row['strategy']}")


@lab.command()
@expanded
def validate(
    rows: Annotated[str | None, typer.Option("--row", metavar="LIST", help="Rows of the table: V1,V4,V12.")] = None,
    seeds: Seeds = 0,
    jobs: Jobs = 1,
    *,
    outputs: Texts,
) -> None:
    """Set published figures beside emulated ones, and say what each depends on."""
    from emulator.lab.axes import choices
    from emulator.lab.validation.claims import claims_table, summary
    from emulator.lab.validation.published import FIGURES, ROWS
    from emulator.lab.validation.spread import like_tasks, spread
    from emulator.lab.validation.table import (
        constants_table,
        csv_of,
        json_of,
        kinds_table,
        latex_of,
        notes,
        validation_table,
    )
    from emulator.lab.validation.verdict import judge, tasks_of

    outputs.check()
    chosen = ROWS if rows is None else choices(rows, "row", ROWS)
    figures = [figure for figure in FIGURES if figure.row in chosen]
    tasks = tasks_of(figures)
    tasks = [*tasks, *like_tasks(tasks, seeds)]
    measured = _shown(_measured(tasks, jobs, None), len(tasks))
    found = {_key_of(row): row for row in measured}
    verdicts = [spread(verdict, found, seeds) for verdict in judge(figures, found)]
    if outputs.table:
        counts = (kinds_table(verdicts), "", summary(verdicts), "", claims_table(verdicts))
        tables = (validation_table(verdicts), "", *counts, "", constants_table(verdicts), "")
        show([*tables, *notes(verdicts)], sys.stdout)
    if outputs.csv is not None:
        write_file(outputs.csv, csv_of(verdicts))
    if outputs.json is not None:
        write_file(outputs.json, json_of(verdicts))
    if outputs.latex is not None:
        write_file(outputs.latex, latex_of(verdicts))


def _key_of(row: "Row") -> "Key":
    """Return what tells a row from others."""
    from emulator.lab.invalidation.row import KEY

    return tuple(row[column.name] for column in KEY)
