"""Waiting for the answers: the harts that were told run on until their interrupts arrive, then answer.

This is where one hart's kernel lets others run in the middle of its work. What they trap with meanwhile waits until
the work is done: they would find the address space locked.
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import Locks
from emulator.base.names import Cost, Counter, Trap
from emulator.hardware.accounts import book
from emulator.hardware.turns import Schedule, leave_turn, steps_before_answer
from emulator.kernel.invalidation.handler import note_wait
from emulator.kernel.invalidation.ipi import answer
from emulator.kernel.invalidation.ledger import row_under_way
from emulator.kernel.invalidation.mistakes import goes_on_too_soon, is_awaited
from emulator.kernel.run.away import UNBOUNDED, come_back, run_until
from emulator.kernel.run.stops import put_off_stops
from emulator.kernel.run.stretch import run_stretch


@hot
def settle(world, hart):
    """Let every hart that was told answer; wait for the last one."""
    if world.request.tolds == 0:
        return
    row = row_under_way(world)
    seen = hart.clock
    leave_turn(hart)
    put_off_stops(world, True)
    world.checker.waiting = 1
    for i in range(world.request.tolds):
        target = world.hart[world.request.told[i]]
        run_until_told(world, target)
        answered = answer(world, target, row)
        if is_awaited(world, target, row.cause):
            seen = max(seen, answered)
    if goes_on_too_soon(world):
        for i in range(world.request.tolds):
            run_until_told(world, world.hart[world.request.told[i]])
    world.checker.waiting = 0
    put_off_stops(world, False)
    world.request.tolds = 0
    row.wait = seen - hart.clock
    row.over = 1
    hart.count[Counter.SHOOTDOWN_WAIT_CYCLES] += row.wait
    book(hart, Cost.SHOOTDOWN_WAIT, row.wait)
    note_wait(world, hart, row.wait)
    if world.policy.locks == Locks.SPACE:
        world.space[world.request.space].busy_until = hart.clock


@hot
def run_until_told(world, target):
    """Let `target` run until its interrupt arrives or it traps; the trap stays in its task."""
    task = world.task[target.number]
    if target.busy == 0 or task.trap != Trap.NONE:
        return
    if world.turns.schedule == Schedule.TIME:
        task.trap = run_until(world, target, task.ipi_at)
    else:
        come_back(world, target)
        steps = steps_before_answer(world, target.number)
        if steps > 0:
            task.trap = run_stretch(world, target, steps, UNBOUNDED)
    leave_turn(target)
