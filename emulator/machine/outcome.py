"""What a machine leaves behind, taken together: counters, costs, events, invalidations, by name."""

from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.account import by_name, costs_of, counters_of, total
from emulator.base.errors import CheckerError
from emulator.kernel import syscalls
from emulator.kernel.accounts.marks import Mark as RawMark
from emulator.machine.core import Core
from emulator.result import Files, KeptFile, Mark, OwnCosts, ProcessReport, Result

SIGNAL_STATUS = 128


def result_of(core: Core, ended: str) -> Result:
    """Return how things stand on a machine whose run `ended` so. Raises CheckerError when the checker cannot answer."""
    core.events.drain()
    per_hart = tuple((counters_of(hart), costs_of(hart)) for hart in core.world.harts)
    counters, costs = total(counters for counters, _ in per_hart), total(costs for _, costs in per_hart)
    counters |= _frame_counters(core)
    first = core.first
    status = 0
    if first is not None and first.signal is not None:
        status = SIGNAL_STATUS + first.signal
    elif first is not None:
        status = first.status or 0
    return Result(
        exit_status=status,
        stdout=core.streams.out.decode("utf-8", "surrogateescape"),
        stderr=core.streams.err.decode("utf-8", "surrogateescape"),
        counters=counters,
        costs=costs,
        event_parts=tuple(core.events.parts),
        processes=tuple(
            ProcessReport(process.pid, process.parent, process.image.number, process.status, process.signal)
            for process in core.kernel.lives.processes.values()
        ),
        images=tuple(image.program for image in core.images.all),
        per_hart=per_hart,
        marks=tuple(map(_read_mark, core.kernel.notes.marks)),
        invalidation_parts=core.invalidations.parts(),
        stale=_stale_uses(core.world.checker),
        ended=ended,
        unknown_calls=dict(sorted(core.kernel.notes.unknown_calls.items())),
        calls={number: call.arguments for number, call in syscalls.CALLS.items()},
        settings=core.config.settings(),
        own=tuple(OwnCosts(*key, by_name(costs)) for key, costs in sorted(core.kernel.time.own_costs().items())),
        intervals=core.kernel.time.intervals.table([int(hart.clock) for hart in core.world.harts]),
        events_left_out=core.events.left_out,
        files=Files({path: KeptFile(file.size, file.pages()) for path, file in core.kernel.files.names.in_memory()}),
        invalidations_left_out=core.invalidations.left_out,
        ledger=core.frames.ledger(),
    )


def _stale_uses(checker: Any) -> npt.NDArray[Any]:
    """Return what the checker has found, `STALE_ROW` records of shape (n,). Raises CheckerError if it failed."""
    if checker.disagreements:
        raise CheckerError(f"what is suspect and what memory grants differed at {checker.disagreements} TLB hits")
    if checker.lost:
        raise CheckerError(f"there was no room to watch page tables {checker.lost} times; a smaller run is right")
    return np.asarray(checker.row[: int(checker.rows)]).copy()


def _frame_counters(core: Core) -> dict[str, int]:
    allocator = core.world.allocator
    in_use = int(allocator.in_use)
    return {
        "frames.in_use": in_use,
        "frames.peak": int(allocator.peak),
        "frames.allocated": int(allocator.allocated),
        "frames.freed": int(allocator.freed),
        "frames.leaked": in_use - core.boot_frames,
    }


def _read_mark(mark: RawMark) -> Mark:
    """Return a mark with its accounts by name."""
    accounts = tuple((counters_of(account), costs_of(account)) for account in mark.accounts)
    return Mark(mark.number, mark.hart, int(mark.accounts[mark.hart]["clock"]), accounts)
