"""The rows of the experiment as a table for people, and the knees that they show."""

from collections.abc import Iterable

from rich.table import Table

from emulator.lab.reach.measure import Row
from emulator.observe.tables import table


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


def _most(pages: list[int]) -> str:
    return f"{max(pages):,}" if pages else "none"
