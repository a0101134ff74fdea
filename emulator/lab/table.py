"""The rows of an experiment as tables for people, CSV and JSON for programs."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from emulator.lab.flush import Crossover, Row

# The columns of CSV and JSON, in order.
COLUMNS = (
    "operation",
    "strategy",
    "pages",
    "working_set",
    "flush_cycles",
    "rest_of_call_cycles",
    "entries_dropped",
    "induced_misses",
    "induced_cycles",
    "reuse_cycles",
    "reuse_slower_cycles",
)


def record_of(row: Row) -> dict[str, Any]:
    """Return a row as plain data, by column."""
    case = row.case
    values = (
        *(case.operation, case.strategy, case.pages, case.working_set),
        *(row.flush, row.rest, row.dropped, row.misses, row.walks, row.reuse, row.slower),
    )
    return dict(zip(COLUMNS, values, strict=True))


def flush_table(rows: Iterable[Row]) -> Table:
    """Return a table of the rows, a section for each operation and strategy."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("call")
    table.add_column("strategy", no_wrap=True)
    for title in (
        "pages",
        "flush",
        "rest of call",
        "later misses",
        "their walks",
        "reuse slower by",
        "flush and later",
    ):
        table.add_column(title, justify="right")
    shown: tuple[str, str] | None = None
    for row in rows:
        group = (row.case.operation, row.case.strategy)
        if shown not in (None, group):
            table.add_section()
            table.add_row()
        numbers = (row.case.pages, row.flush, row.rest, row.misses, row.walks, row.slower, row.total)
        table.add_row(*group, *(f"{number:,}" for number in numbers))
        shown = group
    return table


def crossover_table(found: Iterable[Crossover], working_set: int) -> Table:
    """Return up to how many pages page by page is the cheaper way, an operation a row."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title in (
        "page by page is cheaper",
        "than",
        "counting the call alone",
        f"and reusing {working_set:,} more pages",
    ):
        table.add_column(title, justify="left" if title in ("page by page is cheaper", "than") else "right")
    direct = {(point.operation, point.against): point.pages for point in found if not point.reused}
    for point in found:
        if point.reused:
            alone = direct[point.operation, point.against]
            table.add_row(point.operation, point.against, _up_to(alone), _up_to(point.pages))
    return table


def _up_to(pages: int) -> str:
    return f"up to {pages:,} page{'s' if pages != 1 else ''}" if pages else "never"


def as_csv(rows: Iterable[Row]) -> str:
    """Return the rows as CSV, a line each under the names of the columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(record_of, rows))
    return text.getvalue()


def as_json(rows: Iterable[Row], found: Iterable[Crossover], machine: Mapping[str, Any]) -> str:
    """Return rows and crossovers as JSON, with what the machines had in common."""
    account = {
        "experiment": "flush",
        "machine": dict(machine),
        "rows": [record_of(row) for row in rows],
        "crossovers": [
            {
                "operation": point.operation,
                "page_by_page_against": point.against,
                "reuse_counted": point.reused,
                "up_to_pages": point.pages,
            }
            for point in found
        ],
    }
    return json.dumps(account, indent=2) + "\n"
