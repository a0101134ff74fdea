"""Running a hart for a stretch, with what watches it: the stale-entry checker, and the adversary where there is one."""

from emulator.base.jit import hot
from emulator.base.names import Counter, Trap
from emulator.hardware.adversary import remember_refusal, speculate
from emulator.hardware.engine.run import run
from emulator.hardware.mmu import STALE_USE
from emulator.kernel.invalidation.stale import fetch_anew, forget_passes, judge


@hot
def run_stretch(world, hart, limit, deadline):
    """Retire up to `limit` instructions as `run` does; return the `Trap`.

    An instruction about to use a stale TLB entry stops the hart, is judged, and then runs on its own. A stretch that is
    cut at `limit` is left open, and goes on next time as if it had not been.
    """
    task = world.task[hart.number]
    if task.open == 0:
        if world.chip.adversary == 1:
            speculate(world, hart)
        if hart.marked == 1:
            fetch_anew(hart)
    task.open = 0
    end = hart.count[Counter.INSTRUCTIONS] + limit
    passing, trap = False, Trap.NONE
    while True:
        trap = run(world, hart, 1 if passing else end - hart.count[Counter.INSTRUCTIONS], deadline)
        if trap == Trap.FAULT and hart.fault == STALE_USE:
            judge(world, hart)
            passing = True
            continue
        if passing:
            passing = False
            forget_passes(hart)
            if trap == Trap.NONE and hart.count[Counter.INSTRUCTIONS] < end and hart.clock < deadline:
                continue
        break
    if task.cut == 1 and trap == Trap.NONE and hart.clock < deadline:
        task.open = 1
        return trap
    if world.chip.adversary == 1:
        if trap == Trap.FAULT:
            remember_refusal(world, hart)
        speculate(world, hart)
    return trap
