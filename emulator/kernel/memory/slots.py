"""The slots of the swap device: which are free, how many PTEs name each, and which frames have the same page.

    slot    count PTEs that name it; it is free when that is 0 and no frame has its page
    frame   `cached`: the slot whose page it has, too, as it was when it was written or read (the swap cache)

The cache holds a reference to the frame (F61). The page in a frame may differ from that in its slot once a PTE that
maps it has D set: that PTE is the only one, or one of those that fork has made of it, and none names the slot.
"""

from emulator.base.bits import address_of
from emulator.base.frame_names import FrameStep, FrameUse
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Cached
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_copy
from emulator.hardware.memory import copy_page
from emulator.kernel.memory.frame_log import because, note

NO_SLOT = 0


@hot
def slot_with(world, frame):
    """Return the slot that has the page in `frame`, too, or NO_SLOT."""
    return max(Cached.SLOT - world.frame[frame].cached, NO_SLOT)


@hot
def free_slots(world):
    """Return how many slots are free."""
    return world.swap.slots - world.swap.used


@rare
def take_slot(world):
    """Return a slot that nothing names yet; there must be a free one."""
    swap = world.swap
    slot = swap.free_slot
    if slot != NO_SLOT:
        swap.free_slot = swap.slot[slot].next
    else:
        slot = swap.next_slot
        swap.next_slot += 1
    swap.used += 1
    return slot


@rare
def hold_slot(world, slot):
    """Count one more PTE that names `slot`."""
    world.swap.slot[slot].count += 1


@rare
def drop_slot(world, slot):
    """Count one PTE fewer that names `slot`."""
    world.swap.slot[slot].count -= 1
    free_if_unused(world, slot)


@hot
def free_if_unused(world, slot):
    """Let `slot` be free if nothing needs its page."""
    swap = world.swap
    if swap.slot[slot].count == 0 and swap.slot[slot].frame == 0:
        swap.slot[slot].next = swap.free_slot
        swap.free_slot = slot
        swap.used -= 1


@rare
def join_cache(world, hart, slot, frame):
    """Let `frame` have the page of `slot`: the cache holds a reference to it."""
    world.swap.slot[slot].frame = frame
    world.frame[frame].cached = Cached.SLOT - slot
    world.frame[frame].refs += 1
    because(world, FrameUse.SWAP, 0)
    note(world, hart, frame, FrameStep.SHARE)


@rare
def leave_cache(world, frame):
    """Let `frame` have a page of its own, and the cache no reference to it."""
    slot = slot_with(world, frame)
    world.frame[frame].cached = Cached.NOT
    world.frame[frame].refs -= 1
    world.swap.slot[slot].frame = 0
    free_if_unused(world, slot)


@rare
def leave_unused(world, hart, frame):
    """Do so if no PTE names the slot, or let a page be no merged one that nobody else has: it is to be written to."""
    slot = slot_with(world, frame)
    if slot != NO_SLOT and world.swap.slot[slot].count == 0:
        leave_cache(world, frame)
        because(world, FrameUse.SWAP, 0)
        note(world, hart, frame, FrameStep.DROP)
    elif slot == NO_SLOT and world.frame[frame].refs == 1:
        world.frame[frame].cached = Cached.NOT


@rare
def write_slot(world, hart, slot, frame):
    """Write the page in `frame` to `slot`; the hart waits for it."""
    copy_page(world, address_of(frame), world.swap.begins + address_of(slot))
    book(hart, Cost.SWAP, world.chip.price[Price.SWAP_WRITE])
    hart.count[Counter.SWAP_OUT] += 1


@rare
def read_slot(world, hart, slot, frame):
    """Fill `frame` with the page in `slot`; the hart waits for it."""
    put_copy(world, hart, world.swap.begins + address_of(slot), address_of(frame))
    book(hart, Cost.SWAP, world.chip.price[Price.SWAP_READ])
    hart.count[Counter.SWAP_IN] += 1
