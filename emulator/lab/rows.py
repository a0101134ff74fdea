"""Rows of an experiment: a list for Python, which a notebook shows as a table; CSV and JSON for programs."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from emulator.base import html

T = TypeVar("T")


class Rows(list[T]):
    """Rows, each a mapping from columns to values, or a dataclass; all have the same columns."""

    def _repr_html_(self) -> str:
        records = [record_of(row) for row in self]
        if not records:
            return html.paragraph("no rows")
        numbers = (int, float)
        columns = [f">{name}" if isinstance(value, numbers) else name for name, value in records[0].items()]
        return html.table([column.replace("_", " ") for column in columns], [list(row.values()) for row in records])


def record_of(row: Any) -> dict[str, Any]:
    """Return a row as values by column; a dataclass in a dataclass gives its own columns."""
    if isinstance(row, Mapping):
        return dict(row)
    found: dict[str, Any] = {}
    for name, value in asdict(row).items():
        found |= value if isinstance(value, dict) else {name: value}
    return found


def as_csv(rows: Sequence[Any]) -> str:
    """Return the rows, one or more, as CSV, a line each under the names of the columns."""
    records = [record_of(row) for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def as_json(rows: Iterable[Any], machine: Mapping[str, Any]) -> str:
    """Return the rows, and what they were measured on, as JSON."""
    return json.dumps({"machine": machine, "rows": [record_of(row) for row in rows]}, indent=1) + "\n"
