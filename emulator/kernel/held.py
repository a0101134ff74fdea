"""Held ranges: unmapped, their frames and addresses not yet given back, for other harts may still have them in TLBs."""

from emulator.base.bits import pages_in
from emulator.base.jit import hot
from emulator.base.names import Event, FlushCause, RegionKind
from emulator.kernel.address_space import drop_frames, remove_regions, unmap_pages
from emulator.kernel.events import begin, finish
from emulator.kernel.extents import region_at
from emulator.kernel.invalidation import settle
from emulator.kernel.invalidation.abis import begin_look
from emulator.kernel.invalidation.flush import flush_own
from emulator.kernel.invalidation.hurry import begin_hurry
from emulator.kernel.invalidation.latr import begin_tick
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.mask import is_empty
from emulator.kernel.invalidation.postponed import (
    ANY,
    catch_up,
    close_row,
    enqueue,
    is_waited_for,
    take_off,
)
from emulator.kernel.invalidation.stale import mark_stale
from emulator.kernel.lock import await_others
from emulator.kernel.regions import place_for


@hot
def hold_range(kernel, chip, hart, space, memory, frames, start, end):
    """Unmap `start` to `end`, at region boundaries; what other harts may have in their TLBs is held and queued.

    Each piece without a hole is one invalidation; what is held already stays as it is.
    """
    await_others(hart, space)
    index = place_for(kernel, space, start)
    while index < space.regions and region_at(kernel, space, index).start < end:
        if region_at(kernel, space, index).kind == RegionKind.HELD:
            index += 1
            continue
        first, low = index, region_at(kernel, space, index).start
        high = low
        while (
            index < space.regions
            and region_at(kernel, space, index).start == high
            and high < end
            and region_at(kernel, space, index).kind != RegionKind.HELD
        ):
            high = region_at(kernel, space, index).end
            index += 1
        if not begin_hold(kernel, chip, hart, space, memory, frames, low, high):
            drop_frames(kernel, chip, hart, space, memory, frames, low, high)
            remove_regions(kernel, chip, hart, space, memory, frames, low, high)
            index = first
            continue
        for i in range(first, index):
            region = region_at(kernel, space, i)
            region.kind, region.prot = RegionKind.HELD, 0


@hot
def begin_hold(kernel, chip, hart, space, memory, frames, start, end):
    """Clear the PTEs from `start` to `end`, drop the hart's own entries; return whether other harts may hold some."""
    begin_look(kernel)
    found = unmap_pages(kernel, chip, hart, space, memory, frames, start, end)
    if found == 0 or space.asid_generation != kernel.asid_generation:
        kernel.looked = 0
        return False
    mark_stale(kernel, chip, hart, space, memory, start, pages_in(end - start), FlushCause.UNMAP)
    row = begin_row(kernel, chip, hart, start, pages_in(end - start), FlushCause.UNMAP)
    flush_own(kernel, chip, hart, space, start, pages_in(end - start), FlushCause.UNMAP, row)
    held = enqueue(kernel, chip, hart, space, start, end, found, row)
    kernel.looked = 0
    return held


@hot
def give_back(kernel, chip, hart, memory, frames):
    """Give back the frames and addresses that no hart has in its TLBs any more."""
    for i in range(kernel.queued - 1, -1, -1):
        post = kernel.queue[i]
        if is_empty(post.waiting):
            space = kernel.space[post.space]
            drop_frames(kernel, chip, hart, space, memory, frames, post.start, post.end)
            remove_regions(kernel, chip, hart, space, memory, frames, post.start, post.end)
            close_row(kernel, hart, post)
            take_off(kernel, i)


@hot
def hurry(kernel, chip, hart, memory, frames):
    """Get back all that is held, now."""
    begin_hurry(kernel, chip, hart, ANY)
    settle(kernel, chip, hart, memory, frames)
    give_back(kernel, chip, hart, memory, frames)


@hot
def tick(kernel, chip, hart, memory, frames):
    """Let the hart, whose tick has come, sweep (latr)."""
    event = begin(kernel, hart)
    begin_tick(kernel, chip, hart)
    if kernel.queued > 0:
        give_back(kernel, chip, hart, memory, frames)
    if hart.clock > event.cycle:
        finish(kernel, hart, event, Event.SWEEP)


@hot
def catch_up_at_switch(kernel, chip, hart, memory, frames):
    """Let the hart, which is about to enter an address space, drop what was postponed for it."""
    if kernel.latr == 0:
        if not is_waited_for(kernel, hart.number, ANY):
            return
        begin_row(kernel, chip, hart, 0, 0, FlushCause.SWITCH)
    catch_up(kernel, chip, hart)
    give_back(kernel, chip, hart, memory, frames)
