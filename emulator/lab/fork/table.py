"""The rows of the experiment as a table for people, CSV and JSON for programs."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from emulator.lab.fork.crossover import Crossover
from emulator.lab.fork.measure import Row
from emulator.observe.tables import table

FRAME_KIB = 4
TITLES = (
    *("child", "flavour", ">pages", ">touched", ">parent", ">cycles", ">faults", ">copies", ">re-uses", ">at fork"),
    *(">tables", ">shared", ">copied", ">peak", ">flushes"),
)


def record_of(row: Any) -> dict[str, Any]:
    """Return a row as plain data, by column."""
    record = asdict(row)
    return {**record.pop("case", {}), **record}


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


def as_csv(rows: Sequence[Any]) -> str:
    """Return the rows as CSV, columns as in `record_of`."""
    records = [record_of(row) for row in rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def as_json(rows: Iterable[Any], machine: Mapping[str, Any]) -> str:
    """Return the rows and what they were measured on as JSON."""
    return json.dumps({"machine": machine, "rows": [record_of(row) for row in rows]}, indent=1) + "\n"


def crossover_table(found: Iterable[Crossover]) -> Table:
    """Return a line a price of a copy: where cow and eager cost the same, measured and from the two prices."""
    shown = table(">copy", ">fault and copy", ">same at", ">copy / (copy + fault)")
    for row in sorted(found, key=lambda row: row.copy):
        shown.add_row(
            f"{row.copy:,.0f}", f"{row.fault:,.0f}", f"{row.share:.0%} written", f"{row.expected:.0%} written"
        )
    return shown
