"""A bar on a terminal that says how many rows there are and how long the rest will take."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def with_bar(rows: Iterable[T], count: int, named: Callable[[T], str]) -> Iterator[T]:
    """Pass rows on, showing how many of `count` there are, and what `named` says of the last one."""
    if not sys.stderr.isatty() or count < 2:
        yield from rows
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("measuring", total=count)
        for row in rows:
            yield row
            progress.update(bar, advance=1, description=named(row))
