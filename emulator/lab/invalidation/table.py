"""Rows of the experiment for people and papers: cycles and counts of one round each; and JSON."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.table import Table

from emulator.lab.latex import latex_table
from emulator.lab.store import Row

# Title and column of each number; what is summed over rounds is shown for one of them.
SHOWN = (
    ("cycles", "cycles"),
    ("direct", "direct"),
    ("wait", "wait"),
    ("stolen", "stolen"),
    ("deferred", "deferred"),
    ("induced", "induced_cycles"),
    ("IPIs", "ipis"),
    ("dropped", "dropped"),
    ("later misses", "induced_misses"),
)


class Cells(NamedTuple):
    """What tables show: titles of words and of numbers, and lines of (words, numbers); the words name a section."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    lines: list[tuple[tuple[str, ...], tuple[int, ...]]]


def cells_of(rows: Iterable[Row]) -> Cells:
    """Return what is shown of the rows; profiles are named where there are several."""
    rows = list(rows)
    words = ("workload", "strategy", *(["profile"] if len({row["profile"] for row in rows}) > 1 else []))
    lines = []
    for row in rows:
        each = [each_round(int(row[column]), int(row["rounds"])) for _, column in SHOWN]
        numbers = (int(row["pages"]), int(row["harts"]), *each, int(row["window"]))
        lines.append((tuple(str(row[word]) for word in words), numbers))
    return Cells(words, ("pages", "harts", *(title for title, _ in SHOWN), "window"), lines)


def invalidation_table(rows: Iterable[Row]) -> Table:
    """Return a table of the rows, a section for each workload and strategy."""
    cells = cells_of(rows)
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title in cells.words:
        table.add_column(title, no_wrap=True)
    for title in cells.numbers:
        table.add_column(title, justify="right")
    shown: tuple[str, ...] | None = None
    for words, numbers in cells.lines:
        if shown not in (None, words):
            table.add_section()
            table.add_row()
        table.add_row(*words, *(f"{number:,}" for number in numbers))
        shown = words
    return table


def as_latex(rows: Sequence[Row]) -> str:
    """Return the rows as a LaTeX table in the manner of booktabs, their machines in a comment before it."""
    cells = cells_of(rows)
    lines = [f"% machines: {', '.join(dict.fromkeys(str(row['profile']) for row in rows))}; cycles, of one round each"]
    groups: list[list[tuple[str, ...]]] = []
    shown: tuple[str, ...] | None = None
    for words, numbers in cells.lines:
        if shown != words:
            groups.append([])
        groups[-1].append((*words, *(f"{number:,}" for number in numbers)))
        shown = words
    columns = "l" * len(cells.words) + "r" * len(cells.numbers)
    return "\n".join([*lines, latex_table(columns, (*cells.words, *cells.numbers), groups)])


def each_round(value: int, rounds: int) -> int:
    """Return the part of one round, to the nearest whole number."""
    return (2 * value + rounds) // (2 * rounds)


def as_json(rows: Sequence[Row]) -> str:
    """Return the rows as JSON."""
    return json.dumps({"experiment": "invalidation", "rows": [dict(row) for row in rows]}, indent=2) + "\n"
