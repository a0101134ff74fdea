"""Generations: a hart keeps entries of the N address spaces that it ran in last, and compares when it comes back.

One that runs something else is not interrupted.

Who: Linux x86, tlb_gen and six PCIDs (Lutomirski 2017).
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.mask import take_out
from emulator.base.names import Cost
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.local import drop_address_space


@hot
def may_wait(world, hart, space, target):
    """Let harts wait that run in another space."""
    return world.task[target.number].space != space.number


@hot
def enter(world, hart, index):
    """Put space `index` first among those that the hart keeps entries of; one that has no place any more is dropped."""
    task = world.task[hart.number]
    previous, place = index + 1, 0
    while place < world.policy.gen:
        here = task.recent[place]
        task.recent[place] = previous
        if here == index + 1 or here == 0:
            return True
        previous = here
        place += 1
    gone = world.space[previous - 1]
    if gone.users > 0 and gone.asid_generation == world.asids.generation:
        begin_row(world, hart, 0, 0, FlushCause.SWITCH)
        drop_address_space(world, hart, gone.asid, Cost.FLUSH_LOCAL)
        take_out(gone.holders, hart.number)
        take_out(gone.behind, hart.number)
    return True
