"""Where every cycle went: what was told, the programs' own instructions, and harts with nothing to do (F100)."""

from collections.abc import Iterator

import numpy as np
from rich.table import Table

from emulator.base.names import Cost, Event
from emulator.observe.pieces import followed_by
from emulator.observe.report import share
from emulator.observe.story import OUTCOMES
from emulator.observe.tables import table
from emulator.result import OwnCosts, Result

# What is told, in the order of the table: name, and the events that lead it.
GROUPS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("faults", tuple(OUTCOMES)),
    ("forks", (Event.FORK,)),
    ("pages moved", (Event.MOVE,)),
    ("writes by a debugger", (Event.FORCED,)),
    ("programs begun", (Event.EXEC, Event.EXEC_FAILED)),
    ("ends of threads and processes", (Event.EXIT, Event.THREAD_EXIT, Event.SIGNAL)),
    ("handlers of signals", (Event.HANDLER,)),
    ("other system calls", (Event.SYSCALL, Event.WAIT)),
    ("switches", (Event.SWITCH,)),
    ("ticks", (Event.SWEEP,)),
)
IDLE, AWAY = "idle", "host"
ANSWERS = ("shootdown.serve", "kernel.lock")

# What a program's own instructions spend cycles on.
OWN = (
    ("instructions", ("base", "load_use")),
    ("caches", ("cache.l1i", "cache.l2", "cache.l3", "cache.dram")),
    ("TLB misses", ("tlb.l2", "walk")),
)


def where_table(result: Result) -> Table:
    """Return a row for all that cycles went to; they sum to those of the run."""
    rows = table("where the cycles went", ">count", ">cycles", ">share", "of these")
    for name, count, cycles, words in _rows(result):
        if cycles:
            rows.add_row(name, f"{count:,}" if count else "", f"{cycles:,}", share(cycles, result.cycles), words)
    rows.add_section()
    rows.add_row("all", "", f"{result.cycles:,}", share(result.cycles, result.cycles))
    return rows


def _rows(result: Result) -> Iterator[tuple[str, int, int, str]]:
    """Yield (name, count, cycles, words) of each row; the cycles of all rows are those of the run."""
    events = result.events
    followed = followed_by(events)
    leads = np.asarray(events["kind"]).copy()
    leads[list(followed.values())] = leads[list(followed)]
    counted = np.ones(len(events), bool)
    counted[list(followed.values())] = False
    idle = events["cost"][:, Cost.IDLE]
    busy = events["cost"].sum(axis=1, dtype=np.int64) - idle
    for name, kinds in GROUPS:
        meant = np.isin(leads, kinds)
        yield name, int((meant & counted).sum()), int(busy[meant].sum()), ""
    yield from _own_rows(result.own)
    yield "answering other harts", 0, sum(own.costs.get(name, 0) for own in result.own for name in ANSWERS), ""
    yield "away, while a host ran something else", 0, sum(own.costs.get(AWAY, 0) for own in result.own), ""
    yield IDLE, 0, int(idle.sum(dtype=np.int64)) + sum(own.costs.get(IDLE, 0) for own in result.own), ""
    own = sum(cycles for part in result.own for cycles in part.costs.values())
    left_out = result.cycles - own - int(events["cost"].sum(dtype=np.int64))
    yield "events that were not kept", result.events_left_out, left_out, ""


def _own_rows(parts: tuple[OwnCosts, ...]) -> Iterator[tuple[str, int, int, str]]:
    for pid in sorted({part.pid for part in parts}):
        sums = {
            name: sum(part.costs.get(cost, 0) for part in parts if part.pid == pid for cost in costs)
            for name, costs in OWN
        }
        words = ", ".join(f"{name} {cycles:,}" for name, cycles in sums.items() if cycles)
        yield f"pid {pid}'s own instructions", 0, sum(sums.values()), words


def where_by_hart(result: Result) -> Table:
    """Return the same for each hart that did anything: its rows sum to its cycles."""
    rows = table(">hart", ">told", ">own instructions", ">answering others", ">idle", ">cycles")
    for hart, (counters, costs) in enumerate(result.per_hart):
        own = [part.costs for part in result.own if part.hart == hart]
        answers = sum(part.get(name, 0) for part in own for name in ANSWERS)
        instructions = sum(part.get(name, 0) for part in own for _, group in OWN for name in group)
        idle = costs[IDLE]
        told = counters["cycles"] - answers - instructions - idle
        if counters["cycles"]:
            numbers = (told, instructions, answers, idle, counters["cycles"])
            rows.add_row(str(hart), *(f"{number:,}" for number in numbers))
    return rows
