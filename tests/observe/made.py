"""Results made by hand: what readers of a run are tested on, with no machine behind them."""

import io
from typing import Any

import numpy as np
from rich.console import Console

from emulator.base.bits import A, D, R, U, V, W, X
from emulator.base.kernel_names import RegionKind
from emulator.base.names import COSTS, COUNTERS, Access, Cost, Event, Fault, Found
from emulator.result import Events, InvalidationPart, ProcessReport, Result
from emulator.world.invalidation import INVALIDATION
from emulator.world.log import EVENT
from isa.program import Program
from isa.segment import Segment
from isa.source import SourceLine, SourceMap

READ_ONLY = V | R | U | A
WRITABLE = V | R | W | U | A | D
TEXT_PAGE = V | R | X | U | A
SOURCE = ("_start:", "again:  sd   t3, 8(t1)    # the store", "        ecall")
PROGRAM = Program(
    segments=(Segment(0x10000, bytes(8), 8, executable=True, name=".text"),),
    entry=0x10000,
    symbols={"_start": 0x10000},
    source_map=SourceMap(
        "programs/story.s",
        SOURCE,
        (
            (0x10000, 4, SourceLine("programs/story.s", 2, SOURCE[1])),
            (0x10004, 4, SourceLine("programs/story.s", 3, SOURCE[2])),
        ),
    ),
    path="programs/story.s",
)

# A copy-on-write fault as it should be: every other event of the tests is this one with changes.
COPY: dict[str, Any] = {
    "kind": Event.COPY,
    "pid": 2,
    "pc": 0x10000,
    "va": 0x3FB7A008,
    "access": Access.STORE,
    "fault": Fault.WRITE_PROTECTED,
    "found": Found.L1,
    "pte_before": READ_ONLY,
    "pte_after": WRITABLE,
    "region_start": 0x3FB7A000,
    "region_end": 0x3FB84000,
    "region_prot": R | W,
    "region_kind": RegionKind.ANONYMOUS,
    "frame_before": 0x214,
    "frame_after": 0x231,
    "owners": 2,
    "sharers": (1, 2, 0, 0, 0, 0, 0, 0),
    "pages": 1,
    "restart_found": Found.WALK,
    "restart_reads": 3,
    "cost": {Cost.TRAP_ENTRY: 130, Cost.KERNEL_COPY: 1300, Cost.TRAP_RETURN: 180},
}


def events(*rows: dict[str, Any]) -> Events:
    """Return an event array of `rows`; `cost` maps `Cost` to cycles.

    Fields that a row leaves out are 0, but for the thread, which is the first one of the process.
    """
    array = np.zeros(len(rows), EVENT)
    for place, row in enumerate(rows):
        for name, value in ({"tid": row.get("pid", 0)} | row).items():
            if name == "cost":
                for cost, cycles in value.items():
                    array["cost"][place, cost] = cycles
            else:
                array[name][place] = value
    return array.view(Events)


# An mprotect that succeeded, after which PC stands behind the ECALL of line 3.
MPROTECT: dict[str, Any] = {
    "kind": Event.SYSCALL,
    "pid": 1,
    "pc": 0x10008,
    "pages": 226,
    "arguments": (0x20000, 8192, 1, 0, 0, 0),
    "cost": {Cost.TRAP_ENTRY: 60, Cost.KERNEL_SYSCALL: 30},
}


def invalidations(*rows: dict[str, Any]) -> tuple[InvalidationPart, ...]:
    """Return the ledger of invalidations `rows`, fields that a row leaves out being 0."""
    array = np.zeros(len(rows), INVALIDATION)
    for place, row in enumerate(rows):
        for name, value in ({"number": place} | row).items():
            array[name][place] = value
    return (InvalidationPart(array, np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)),)


def result(*rows: dict[str, Any], **changes: Any) -> Result:
    """Return a run of two processes that left the events `rows`; `counters` and `costs` are filled up with 0."""
    counters = {row.name: 0 for row in COUNTERS} | {"cycles": 2000, "instructions": 1000} | changes.pop("counters", {})
    costs = {row.name: 0 for row in COSTS} | {"base": 1000, "kernel.copy": 1000} | changes.pop("costs", {})
    values: dict[str, Any] = {
        "exit_status": 0,
        "stdout": "",
        "stderr": "",
        "counters": counters,
        "costs": costs,
        "event_parts": (events(*rows),),
        "processes": (ProcessReport(1, 0, 0, 0, None), ProcessReport(2, 1, 0, None, 11)),
        "images": (PROGRAM,),
        "calls": {57: "i", 64: "iww", 215: "ww", 220: "wwwww", 221: "www", 222: "wwiiiw", 226: "wwi", 98: "wiuwwu"},
        "settings": {"fork": "cow", "paging": "sv39", "profile": "skylake", "memory": "64MiB"},
    }
    return Result(**(values | changes))


def shown(renderable):
    """Return what a renderable prints."""
    out = io.StringIO()
    Console(file=out, width=200).print(renderable)
    return out.getvalue()
