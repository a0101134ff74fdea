"""Waiting for the answers: the harts that were told run on until their interrupts arrive, then answer.

This is where one hart's kernel lets others run in the middle of its work. What they trap with meanwhile waits until
the work is done: they would find the address space locked.
"""

from emulator.base.jit import hot
from emulator.base.names import Bug, Cost, Counter, Trap
from emulator.hardware.accounts import book
from emulator.hardware.turns import Schedule, leave_turn, steps_before_answer
from emulator.kernel.invalidation.ipi import answer
from emulator.kernel.invalidation.ledger import row_under_way
from emulator.kernel.invalidation.stretch import run_stretch

UNBOUNDED = 1 << 62


@hot
def settle(kernel, chip, hart, memory, frames):
    """Let every hart that was told answer; wait for the last one."""
    if kernel.tolds == 0:
        return
    row = row_under_way(kernel)
    seen = hart.clock
    leave_turn(hart)
    for i in range(kernel.tolds):
        target = chip.hart[kernel.told[i]]
        run_until_told(kernel, chip, target, memory, frames)
        answered = answer(kernel, chip, target, row)
        if kernel.bug != Bug.NO_WAIT:
            seen = max(seen, answered)
    kernel.tolds = 0
    row.wait = seen - hart.clock
    row.over = 1
    hart.count[Counter.SHOOTDOWN_WAIT_CYCLES] += row.wait
    book(hart, Cost.SHOOTDOWN_WAIT, row.wait)
    kernel.space[kernel.request_space].busy_until = hart.clock


@hot
def run_until_told(kernel, chip, target, memory, frames):
    """Let `target` run until its interrupt arrives or it traps; the trap stays in `target.trap`."""
    if target.busy == 0 or target.trap != Trap.NONE:
        return
    if chip.schedule == Schedule.TIME:
        if target.clock < target.ipi_at:
            target.trap = run_stretch(kernel, chip, target, memory, frames, UNBOUNDED, target.ipi_at)
    else:
        steps = steps_before_answer(chip, target.number)
        if steps > 0:
            target.trap = run_stretch(kernel, chip, target, memory, frames, steps, UNBOUNDED)
    leave_turn(target)
