"""A hart that its host has preempted: when it comes back, and what it has to drop before it runs on."""

from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.mask import has, take_out
from emulator.base.names import Cost, Trap
from emulator.hardware.accounts import book
from emulator.hardware.preemption import back_at, leaves_at
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.local import drop_everything
from emulator.kernel.invalidation.mistakes import returns_unflushed
from emulator.kernel.run.stretch import run_stretch

UNBOUNDED = 1 << 62


@hot
def come_back(world, hart):
    """Let the hart be back: it was away for as long as its host says, which drops everything if it missed something."""
    if world.turns.host_period == 0:
        return
    back = back_at(world, hart, hart.clock)
    if hart.clock < back:
        book(hart, Cost.HOST, back - hart.clock)
    space = world.space[world.task[hart.number].space]
    if has(space.behind, hart.number):
        take_out(space.behind, hart.number)
        if not returns_unflushed(world, True):
            begin_row(world, hart, 0, 0, FlushCause.HOST)
            drop_everything(world, hart, Cost.HOST)


@hot
def run_until(world, hart, cycle):
    """Let the hart run until `cycle`, as far as its host lets it; return the `Trap`."""
    trap = Trap.NONE
    while trap == Trap.NONE and hart.clock < cycle:
        come_back(world, hart)
        if hart.clock < cycle:
            trap = run_stretch(world, hart, UNBOUNDED, min(cycle, leaves_at(world, hart)))
    return trap
