"""`pagewalk lab`: experiments, one command each."""

import sys
from typing import Annotated, Any

import typer

from emulator.base.errors import ConfigError
from emulator.cli.options import Paging, ProfileName, Sets, overrides_of
from emulator.cli.output import check_outputs, show, write_file
from emulator.cli.runs import compile_message

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
Plot = Annotated[str | None, typer.Option("--plot", metavar="FILE", help="Draw the rows: .png or .svg.")]


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
    from emulator.lab.flush import FlushLab, Sweep
    from emulator.lab.plot import check_plot, flush_plot
    from emulator.lab.table import as_csv, as_json, crossover_table, flush_table

    if csv == json == "-":
        raise ConfigError("--csv - and --json -: only one of them can have standard output")
    for path in (csv, json, plot):
        check_outputs(path, None)
    if plot is not None:
        check_plot(plot)
    given = {"operations": operation, "strategies": strategy, "pages": pages, "working_set": working_set}
    sweep = Sweep.read(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    machine: dict[str, Any] = {"profile": profile or "skylake", "paging": paging or "sv39"}
    measured = FlushLab(**machine, overrides=overrides_of(sets))
    with compile_message():
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
        flush_plot(rows, plot)
