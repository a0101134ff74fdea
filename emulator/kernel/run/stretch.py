"""Running a hart for a stretch, with what watches it: the stale-entry checker, and the adversary where there is one."""

from emulator.base.jit import hot
from emulator.base.names import Counter, Trap
from emulator.hardware.checker.writes import fetch_anew
from emulator.hardware.engine.run import run
from emulator.hardware.translation.adversary import remember_refusal, speculate
from emulator.hardware.translation.mmu import STALE_USE
from emulator.kernel.invalidation.judge import forget_passes, judge, judge_walk
from emulator.kernel.run.stops import has_come, is_watched, may_stop, stops_here


@hot
def run_stretch(world, hart, limit, deadline):
    """Retire up to `limit` instructions as `run` does; return the `Trap`.

    An instruction about to use a stale TLB entry stops the hart, is judged, and then runs on its own. A stretch that is
    cut at `limit`, or stopped on the way, is left open, and goes on next time as if it had not been.
    """
    task = world.task[hart.number]
    if task.open == 0:
        if world.chip.adversary == 1:
            speculate(world, hart)
        judge_walk(world, hart)
        fetch_anew(hart)
    task.open = 0
    hart.calling = 0
    if world.checker.waiting == 0:
        world.checker.operation += 1
    end = hart.count[Counter.INSTRUCTIONS] + limit
    watched, stopped = is_watched(world), False
    passing, trap = False, Trap.NONE
    while True:
        if watched and stops_here(world, hart):
            stopped = True
            break
        steps = 1 if passing or watched else end - hart.count[Counter.INSTRUCTIONS]
        trap = run(world, hart, steps, deadline)
        judge_walk(world, hart)
        if trap == Trap.FAULT and hart.fault == STALE_USE:
            judge(world, hart)
            passing = True
            continue
        if passing:
            passing = False
            forget_passes(hart)
        elif not watched:
            break
        if trap != Trap.NONE or hart.count[Counter.INSTRUCTIONS] >= end or hart.clock >= deadline:
            break
        if has_come(world) and may_stop(world):
            stopped = True
            break
    if (task.cut == 1 or stopped) and trap == Trap.NONE and hart.clock < deadline:
        task.open = 1
        return trap
    if world.chip.adversary == 1:
        if trap == Trap.FAULT:
            remember_refusal(world, hart)
        speculate(world, hart)
        judge_walk(world, hart)
    return trap
