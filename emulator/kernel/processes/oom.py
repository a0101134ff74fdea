"""Out of memory: a fault finds no frame, and none can be had. Somebody's process has to end (`Oom`)."""

from emulator.base.kernel_names import Oom
from emulator.kernel.doors import reclaim
from emulator.kernel.processes.lives import Lives
from emulator.kernel.processes.process import Process
from emulator.kernel.processes.signals import Signal


def ends_another(lives: Lives, process: Process) -> bool:
    """End the process that has most pages for want of a frame for `process`; False: that is to end itself.

    Of two that have as many, the younger one ends. Pages in memory and swapped out count, and page tables, as in
    Linux's oom_badness; the event of its signal says how many it had.
    """
    world = lives.hart.world
    if world.policy.oom != Oom.LARGEST:
        return False
    had = {
        (int(reclaim.pages_had(world, other.space)), other.pid): other
        for other in lives.processes.values()
        if other.alive
    }
    most = max(had)
    if had[most].space == process.space:
        return False
    lives.hart.begin_work()
    lives.end(had[most], None, Signal.SIGKILL, had=most[0])
    return True
