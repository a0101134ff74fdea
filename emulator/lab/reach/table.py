"""The rows of the experiment as a table for people, CSV and JSON for programs, and the knees that they show."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rich.table import Table

from emulator.lab.reach.measure import Row
from emulator.observe.tables import table


def record_of(row: Row) -> dict[str, Any]:
    """Return a row as plain data, by column."""
    record = asdict(row)
    return {**record.pop("case"), **record}


def reach_table(rows: Iterable[Row]) -> Table:
    """Return a table of the rows, one each."""
    shown = table(
        *("profile", ">pages", ">stride", ">cycles", ">L1 misses", ">walks", ">reads a walk", ">saved a walk"),
        *(">L1d misses", ">walk cycles"),
    )
    for row in rows:
        numbers = (row.first_misses, row.walks, row.references, row.saved, row.l1d_misses)
        shown.add_row(
            row.case.profile,
            f"{row.case.pages:,}",
            f"{row.case.stride:,}",
            f"{row.cycles:.1f}",
            *(f"{number:.2f}" for number in numbers),
            f"{row.walk_cycles:.1f}",
        )
    return shown


def knees_table(rows: Iterable[Row]) -> Table:
    """Return, for each machine, the most pages measured whose translations all stay in a TLB, level by level."""
    shown = table("profile", ">stride", ">first TLB reaches", ">second TLB reaches")
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.case.profile, row.case.stride), []).append(row)
    for (profile, stride), own in groups.items():
        first = [row.case.pages for row in own if row.first_misses == 0]
        second = [row.case.pages for row in own if row.walks == 0]
        shown.add_row(profile, f"{stride:,}", _most(first), _most(second))
    return shown


def as_csv(rows: Iterable[Row]) -> str:
    """Return the rows as CSV, columns as in `record_of`."""
    records = [record_of(row) for row in rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def as_json(rows: Iterable[Row], machine: Mapping[str, Any]) -> str:
    """Return the rows and what they were measured on as JSON."""
    return json.dumps({"machine": machine, "rows": [record_of(row) for row in rows]}, indent=1) + "\n"


def _most(pages: list[int]) -> str:
    return f"{max(pages):,}" if pages else "none"
