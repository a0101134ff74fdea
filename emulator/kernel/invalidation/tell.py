"""Who is told of an invalidation, and how: by hardware where a strategy has it do so, by an interrupt else.

A hart may hold entries of an address space if it has run there since it last dropped all of it (`space.holders`). Of
those, some know already that they have to drop it when they enter it again (`space.behind`), some can be left to that
from now on, and some can hold none of these PTEs.
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.mask import BITS, has, put
from emulator.kernel.invalidation.hooks import acts_by_itself, is_spared, may_wait, needs_no_interrupt, tell_by_hardware
from emulator.kernel.invalidation.ipi import note_request, send
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.postponed.queue import is_waited_for
from emulator.kernel.invalidation.ranges import CATCH_UP, NOTHING, Range, whole_of
from emulator.world.memory import MASK_WORDS


@hot
def tell(world, hart, span, row):
    """Tell every other hart that may hold entries of a range and cannot wait. Interrupted ones answer in `settle`."""
    before = hart.clock
    if needs_no_interrupt(world, world.space[span.space]):
        tell_by_hardware(world, hart, span, row)
    else:
        tell_holders(world, hart, span, row)
    row.send = hart.clock - before - row.wait


@hot
def tell_holders(world, hart, span, row):
    """Interrupt them, or have them act by themselves; `request.told` lists them then."""
    space, limit = world.space[span.space], acts_by_itself(world)
    world.request.tolds, world.request.by_itself = 0, 1 if limit > 0 else 0
    if 0 < limit <= span.pages:
        span = whole_of(space)
    for word in range(MASK_WORDS):
        if space.holders[word] == 0:
            continue
        for h in range(word * BITS, min((word + 1) * BITS, world.chip.harts)):
            if h != hart.number and must_be_told(world, hart, space, h):
                send(world, hart, world.hart[h])
    note_request(world, hart, span, row)


@hot
def must_be_told(world, hart, space, h):
    """Return whether hart number `h` may hold entries of what is invalidated and cannot wait; who can, is `behind`."""
    walks_on = world.request.tables > 0 and world.task[h].space == space.number  # speculatively, behind or not
    if not has(space.holders, h) or (has(space.behind, h) and not walks_on) or is_spared(world, h):
        return False
    if may_wait(world, hart, space, world.hart[h]):
        put(space.behind, h)
        return False
    return True


@hot
def tell_waited_for(world, hart, index, row):
    """Interrupt every hart that has still to drop something postponed of space `index`, or of ANY."""
    before = hart.clock
    world.request.by_itself = 0
    for h in range(world.chip.harts):
        if is_waited_for(world, h, index):
            send(world, hart, world.hart[h])
    row.send = hart.clock - before
    note_request(world, hart, Range(max(world.task[hart.number].space, 0), 0, CATCH_UP, 0), row)


@hot
def tell_runners(world, hart, space):
    """Interrupt every other hart that runs a thread in `space`, for its own sake: membarrier(2)."""
    row = begin_row(world, hart, 0, NOTHING, FlushCause.BARRIER)
    world.request.tolds, world.request.by_itself = 0, 0
    for i in range(world.turns.busy):
        target = world.hart[world.turns.order[i]]
        if target.number != hart.number and world.task[target.number].space == space.number:
            send(world, hart, target)
    note_request(world, hart, Range(space.number, 0, NOTHING, 0), row)
