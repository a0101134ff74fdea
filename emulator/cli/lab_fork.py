"""`pagewalk lab fork`."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from emulator.cli.groups import expanded
from emulator.cli.lab_options import Drawn, ForkAxes
from emulator.cli.options import overrides_of
from emulator.cli.output import show
from emulator.cli.places import write_file, writing
from emulator.cli.progress import with_bar

Crossing = Annotated[
    bool,
    typer.Option("--crossover", help="Measure instead at which share of pages written cow and eager cost the same."),
]


@expanded
def fork(axes: ForkAxes, crossover: Crossing = False, *, outputs: Drawn) -> None:
    """Measure what beginning a process takes, by how memory is shared, what the child does, and the parent's pages.

    Below the rows stands what has been published, where these say something of it. With --crossover, 1,024 pages and
    copies of several prices.
    """
    from emulator.cli import compiling
    from emulator.lab.fork import crossover as crossing
    from emulator.lab.fork.case import Sweep
    from emulator.lab.fork.measure import rows
    from emulator.lab.fork.plot import crossover_plot, fork_plot
    from emulator.lab.fork.published import verdicts
    from emulator.lab.fork.table import crossover_table, fork_table
    from emulator.lab.rows import as_csv, as_json
    from emulator.lab.validation.table import validation_table

    outputs.check()
    lists = axes.profile, axes.paging, axes.flavour, axes.child, axes.pages, axes.touch
    sweep = Sweep.read(*lists, overrides=overrides_of(axes.sets))
    sweep.check()
    compiling.await_compiled()
    found: Sequence[Any]
    if crossover:
        found = list(with_bar(crossing.crossovers(sweep), len(crossing.OVERLAPS), lambda row: f"{row.overlap} misses"))
        tables = [crossover_table(found)]
    else:
        count = len(list(sweep.cases()))
        found = list(with_bar(rows(sweep), count, lambda row: f"{row.case.flavour} {row.case.child} {row.case.pages}"))
        published = list(verdicts(found, sweep.profile))
        tables = [fork_table(found), *([validation_table(published)] if published else [])]
    if outputs.table:
        show([part for table in tables for part in (table, "")][:-1], sys.stdout)
    if outputs.csv is not None:
        write_file(outputs.csv, as_csv(found))
    if outputs.json is not None:
        machine = {"profile": sweep.profile.name, "paging": sweep.paging, "set": dict(sweep.overrides)}
        write_file(outputs.json, as_json(found, machine))
    if outputs.plot is not None:
        with writing(outputs.plot) as file:
            (crossover_plot if crossover else fork_plot)(found, file, os.path.splitext(outputs.plot)[1])
