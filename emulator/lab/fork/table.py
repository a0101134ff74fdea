"""The rows of the experiment as tables for people."""

from collections.abc import Iterable

from rich.table import Table

from emulator.lab.fork.crossover import Crossover
from emulator.lab.fork.measure import Row
from emulator.observe.tables import table

FRAME_KIB = 4
TITLES = (
    *("child", "flavour", ">pages", ">touched", ">parent", ">cycles", ">faults", ">copies", ">re-uses", ">at fork"),
    *(">tables", ">shared", ">copied", ">peak", ">flushes"),
)


def fork_table(rows: Iterable[Row]) -> Table:
    """Return a table of the rows, a section for each child and flavour."""
    shown = table(*TITLES)
    last: tuple[str, str] | None = None
    for row in rows:
        group = row.case.child, row.case.flavour
        if last is not None and last != group:
            shown.add_row()
        last = group
        numbers = (
            *(row.case.pages, row.case.touched, row.parent, row.cycles, row.faults, row.copies, row.reuses),
            *(row.eager_copies, row.tables, row.tables_shared, row.tables_copied, row.peak, row.flushes),
        )
        shown.add_row(*group, *(f"{number:,}" for number in numbers))
    return shown


def crossover_table(found: Iterable[Crossover]) -> Table:
    """Return a line a price of a copy: where cow and eager cost the same, measured and from the two prices."""
    shown = table(">copy", ">fault and copy", ">same at", ">copy / (copy + fault)")
    for row in sorted(found, key=lambda row: row.copy):
        shown.add_row(
            f"{row.copy:,.0f}", f"{row.fault:,.0f}", f"{row.share:.0%} written", f"{row.expected:.0%} written"
        )
    return shown
