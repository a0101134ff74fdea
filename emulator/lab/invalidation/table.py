"""Rows of the experiment for people: cycles and counts of one round each, and JSON."""

import json
from collections.abc import Iterable, Sequence

from rich.table import Table

from emulator.lab.store import Row

# Title and column of each number; what is summed over rounds is shown for one of them.
SHOWN = (
    ("cycles", "cycles"),
    ("direct", "direct"),
    ("wait", "wait"),
    ("stolen", "stolen"),
    ("induced", "induced_cycles"),
    ("IPIs", "ipis"),
    ("dropped", "dropped"),
    ("later misses", "induced_misses"),
)


def invalidation_table(rows: Iterable[Row]) -> Table:
    """Return a table of the rows, a section for each workload and strategy."""
    rows = list(rows)
    several = len({row["profile"] for row in rows}) > 1
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title in ("workload", "strategy", *(["profile"] if several else [])):
        table.add_column(title, no_wrap=True)
    for title in ("pages", "harts", *(title for title, _ in SHOWN), "window"):
        table.add_column(title, justify="right")
    shown: tuple[object, ...] | None = None
    for row in rows:
        group = (row["workload"], row["strategy"], *([row["profile"]] if several else []))
        if shown not in (None, group):
            table.add_section()
            table.add_row()
        rounds = int(row["rounds"])
        each = [each_round(int(row[column]), rounds) for _, column in SHOWN]
        numbers = (int(row["pages"]), int(row["harts"]), *each, int(row["window"]))
        table.add_row(*map(str, group), *(f"{number:,}" for number in numbers))
        shown = group
    return table


def each_round(value: int, rounds: int) -> int:
    """Return the part of one round, to the nearest whole number."""
    return (2 * value + rounds) // (2 * rounds)


def as_json(rows: Sequence[Row]) -> str:
    """Return the rows as JSON."""
    return json.dumps({"experiment": "invalidation", "rows": [dict(row) for row in rows]}, indent=2) + "\n"
