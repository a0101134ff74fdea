"""Held ranges: unmapped, their frames and addresses not yet given back, for other harts may still have them in TLBs."""

from emulator.base.bits import HUGE_PAGES
from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause, RegionKind
from emulator.base.mask import is_empty
from emulator.base.names import Event
from emulator.kernel.invalidation import hooks
from emulator.kernel.invalidation.flush import flush_own
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.postponed.hurry import begin_hurry
from emulator.kernel.invalidation.postponed.queue import ANY, close_row, take_off
from emulator.kernel.invalidation.postponed.waiting import enqueue
from emulator.kernel.invalidation.ranges import between, huge_between, small_pages
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.regions import place_for
from emulator.kernel.run.settle import settle
from emulator.kernel.steps.address_space import remove_regions
from emulator.kernel.steps.events import begin, finish
from emulator.kernel.steps.huge_pages import unmap_huge
from emulator.kernel.steps.lock import await_others
from emulator.kernel.steps.unmapping import drop_frames, unmap_pages


@hot
def hold_range(world, hart, space, start, end):
    """Unmap `start` to `end`, at region boundaries; what other harts may have in their TLBs is held and queued.

    Each piece without a hole is one invalidation; what is held already stays as it is.
    """
    await_others(world, hart, space)
    index = place_for(world, space, start)
    while index < space.regions and region_at(world, space, index).start < end:
        if region_at(world, space, index).kind == RegionKind.HELD:
            index += 1
            continue
        first, low = index, region_at(world, space, index).start
        high = low
        while (
            index < space.regions
            and region_at(world, space, index).start == high
            and high < end
            and region_at(world, space, index).kind != RegionKind.HELD
        ):
            high = region_at(world, space, index).end
            index += 1
        if not begin_hold(world, hart, space, low, high):
            drop_frames(world, hart, space, low, high)
            remove_regions(world, hart, space, low, high)
            index = first
            continue
        for i in range(first, index):
            region = region_at(world, space, i)
            region.kind, region.prot = RegionKind.HELD, 0


@hot
def begin_hold(world, hart, space, start, end):
    """Clear the PTEs from `start` to `end`, drop the hart's own entries; return whether other harts may hold some."""
    hooks.begin_look(world)
    since = hart.clock
    small = unmap_pages(world, hart, space, start, end)
    huge = unmap_huge(world, hart, space, start, end) if space.huge > 0 else 0
    found = small + HUGE_PAGES * huge
    if found == 0 or space.asid_generation != world.asids.generation:
        hooks.end_look(world)
        return False
    span = huge_between(space, start, end, small) if huge > 0 else between(space, start, end)
    row = begin_row(world, hart, span.start, small_pages(span), FlushCause.UNMAP)
    row.cycle = since
    flush_own(world, hart, span, row)
    held = enqueue(world, hart, span, found, row)
    hooks.end_look(world)
    return held


@hot
def give_back(world, hart):
    """Give back the frames and addresses that no hart has in its TLBs any more."""
    for i in range(world.postponed.queued - 1, -1, -1):
        post = world.postponed.queue[i]
        if is_empty(post.waiting):
            space, before = world.space[post.space], hart.clock
            drop_frames(world, hart, space, post.start, post.end)
            remove_regions(world, hart, space, post.start, post.end)
            close_row(world, hart, post, hart.clock - before)
            take_off(world, i)


@hot
def hurry(world, hart):
    """Get back all that is held, now."""
    begin_hurry(world, hart, ANY)
    settle(world, hart)
    give_back(world, hart)


@hot
def tick(world, hart):
    """Let the hart, whose tick has come, catch up with what was postponed."""
    event = begin(world, hart)
    hooks.tick(world, hart)
    if world.postponed.queued > 0:
        give_back(world, hart)
    if hart.clock > event.cycle:
        finish(world, hart, event, Event.SWEEP)


@hot
def catch_up_at_switch(world, hart):
    """Let the hart, which is about to enter an address space, drop what was postponed for it."""
    if hooks.catch_up_at_switch(world, hart):
        give_back(world, hart)
