"""A fault brings a page back that was swapped out.

It is read from the device into a frame, one page at a time: there is no readahead. The slot keeps the page, too, so
that it need not be written again as long as D stays clear. The slot is given up where the access is a write, where the
region is locked, and where more than half of the device is used; the page is written then when it goes again (Linux,
do_swap_page). Who else has the page in its page table finds it in that frame.
"""

from emulator.base.bits import D, W, page_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Trait
from emulator.base.names import Event
from emulator.hardware.memory import read_word
from emulator.kernel.memory.frame_log import because
from emulator.kernel.memory.frames import NONE, share, take
from emulator.kernel.memory.page_table import write_pte
from emulator.kernel.memory.regions import region_bits
from emulator.kernel.memory.slots import NO_SLOT, drop_slot, free_slots, join_cache, leave_unused, read_slot, slot_with
from emulator.paging import format as paging
from emulator.paging.accesses import writes


@rare
def swap_in(world, hart, region, place):
    """Map the page whose swap entry stands at `place`, which `region` grants the access in `hart` to."""
    slot = paging.slot_of(hart, read_word(world, place))
    frame, done = world.swap.slot[slot].frame, Event.SWAP_MAP
    if frame == NONE:
        because(world, FrameUse.SWAP, page_of(hart.fault_va))
        frame, done = take(world, hart), Event.SWAP_IN
        if frame == NONE:
            return Event.OUT_OF_MEMORY
        read_slot(world, hart, slot, frame)
        join_cache(world, hart, slot, frame)
    else:
        because(world, FrameUse.SWAP, page_of(hart.fault_va))
        share(world, hart, frame)
    drop_slot(world, slot)
    if writes(hart.fault_access) or region.traits & Trait.LOCKED or is_filling(world):
        leave_unused(world, hart, frame)
    write_pte(world, hart, place, paging.make_leaf(hart, frame, rights_for(world, hart, region, frame)))
    return done


@hot
def is_filling(world):
    """Return whether more than half of the device is used: slots are needed more than writes that they save."""
    return 2 * free_slots(world) < world.swap.slots


@hot
def rights_for(world, hart, region, frame):
    """Return what the page in `frame` grants: W if nobody else has it, and D with it unless the slot still tells."""
    slot = slot_with(world, frame)
    cached = slot != NO_SLOT
    unused = not cached or world.swap.slot[slot].count == 0
    if region.prot & W == 0 or not unused or world.frame[frame].refs > (2 if cached else 1):
        return region_bits(region)
    return region_bits(region) | (W if cached and not writes(hart.fault_access) else W | D)
