"""What each hart did, and what invalidations cost: direct, waiting, stolen, deferred and induced cost side by side."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table

from emulator.base.kernel_names import FlushCause
from emulator.observe.tables import table
from emulator.result import Result

IDLE, SERVE, WAIT = "idle", "shootdown.serve", "shootdown.wait"
COSTS = ("own", "send", "wait", "stolen", "deferred", "induced_misses", "induced_cycles")
SUMS = ("pages", "told", "ipis", "dropped", *COSTS)


def harts_table(result: Result) -> Table:
    """Return a row for each hart that did anything: its cycles, and those it idled, waited and answered."""
    rows = table(">hart", ">instructions", ">cycles", ">idle", ">waiting for others", ">answering others", ">switches")
    for hart, (counters, costs) in enumerate(result.per_hart):
        if counters["cycles"]:
            numbers = (counters["instructions"], counters["cycles"], costs[IDLE], costs[WAIT], costs[SERVE])
            rows.add_row(str(hart), *(f"{number:,}" for number in (*numbers, counters["context_switches"])))
    return rows


def invalidations_by_cause(result: Result) -> Iterator[dict[str, Any]]:
    """Yield, for each cause that there was: its name, how many invalidations it made, sums of what they cost.

    `window` is the longest time from a PTE's change until the last TLB had dropped what it made stale.
    """
    for cause in FlushCause if len(result.invalidations) else ():
        rows = result.invalidations[result.invalidations["cause"] == cause]
        if len(rows):
            sums = {name: int(rows[name].sum()) for name in SUMS}
            yield {"cause": cause.name.lower(), "count": len(rows), **sums, "window": int(rows["window"].max())}


def invalidations_table(result: Result) -> Table:
    """Return a row for each cause of invalidations: how many, whom they told, and what they cost whom."""
    rows = table(
        "invalidations for", ">count", ">pages", ">told", ">dropped", ">own flush", ">telling", ">waiting",
        ">stolen", ">deferred", ">later misses", ">their walks", ">longest window",
    )  # fmt: skip
    shown = ("count", "pages", "told", "dropped", *COSTS, "window")
    for found in invalidations_by_cause(result):
        rows.add_row(found["cause"], *(f"{found[name]:,}" for name in shown))
    return rows
