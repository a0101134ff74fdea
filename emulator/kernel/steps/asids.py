"""ASIDs, and a hart entering an address space under one.

ASIDs are handed out in generations: when they run out, the next generation begins, and every hart drops everything
before it enters a space again; harts that run on meanwhile keep theirs (Linux, arm64 and RISC-V). A machine without
ASIDs drops everything whenever a hart enters another space.
"""

from emulator.base.bits import asid_bits_of
from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.mask import has, put, take_out
from emulator.base.names import Cost
from emulator.hardware.access import NOTHING
from emulator.hardware.translation.satp import enter_root
from emulator.kernel.invalidation import hooks, mistakes
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.local import drop_address_space, drop_everything
from emulator.kernel.steps.held import catch_up_at_switch
from emulator.world.task import NO_SPACE


@hot
def enter(world, hart, index):
    """Let the hart translate in space `index`, giving it an ASID if it has none of this generation."""
    task = world.task[hart.number]
    if world.postponed.queued > 0:
        catch_up_at_switch(world, hart)
    space = world.space[index]
    if space.asid_generation != world.asids.generation:
        give_asid(world, hart, space)
    if task.flush_pending == 1:
        task.flush_pending = 0
        begin_row(world, hart, 0, 0, FlushCause.ROLLOVER)
        drop_everything(world, hart, Cost.FLUSH_LOCAL)
    if task.space != index:
        if world.asids.limit == 1 and hart.root != space.root:
            begin_row(world, hart, 0, 0, FlushCause.SWITCH)
            drop_everything(world, hart, Cost.FLUSH_LOCAL)
            if task.space != NO_SPACE:
                take_out(world.space[task.space].holders, hart.number)
        if task.space != NO_SPACE and mistakes.leaves_holders(world):
            take_out(world.space[task.space].holders, hart.number)
        hooks.enter(world, hart, index)
    if has(space.behind, hart.number):
        take_out(space.behind, hart.number)
        if not mistakes.returns_unflushed(world, task.space == index):
            begin_row(world, hart, 0, 0, FlushCause.SWITCH)
            drop_address_space(world, hart, space.asid, Cost.FLUSH_LOCAL)
    put(space.holders, hart.number)
    task.space = index
    enter_root(world, hart, space.root, asid_bits_of(space.asid))
    hart.reservation = NOTHING


@hot
def give_asid(world, hart, space):
    """Give `space` an ASID of this generation, or of the next when there is none left."""
    if world.asids.limit > 1:
        take_free(world)
        if world.asids.next >= world.asids.limit:
            begin_generation(world, hart)
            take_free(world)
    space.asid_generation = world.asids.generation
    space.asid = world.asids.next


@hot
def take_free(world):
    """Go on to the next ASID that is nobody's in this generation; it may lie beyond the last."""
    world.asids.next += 1
    while is_kept(world, world.asids.next) and not mistakes.hands_out_kept(world):
        world.asids.next += 1


@hot
def begin_generation(world, hart):
    """Begin the next generation of ASIDs; spaces that other harts are running in keep theirs, to its end."""
    world.asids.generation += 1
    world.asids.next = 0
    world.asids.kepts = 0
    for h in range(world.chip.harts):
        other = world.hart[h]
        if not mistakes.rolls_over_unflushed(world):
            world.task[other.number].flush_pending = 1
        if h != hart.number and other.busy and world.task[other.number].space != NO_SPACE:
            space = world.space[world.task[other.number].space]
            space.asid_generation = world.asids.generation
            world.asids.kept[world.asids.kepts] = space.asid
            world.asids.kepts += 1


@hot
def is_kept(world, asid):
    """Return whether a space has kept `asid` from the generation before; it need not run, nor be there, any more."""
    found = False
    for i in range(world.asids.kepts):
        found |= world.asids.kept[i] == asid
    return found
