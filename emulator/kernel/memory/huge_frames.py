"""Huge frames: 512 frames in a row, the first at a multiple of 512, for pages of 2 MiB.

They are taken of the same frames as small ones, of those that were used before first, so that nothing is set aside.
Each of the 512 counts its own references, whoever maps it, by a huge page or a small one: so a split moves no count, a
page that is partly unmapped gives back what is left of it at once (Linux waits until it wants memory), and a huge page
has one owner where each of its frames has. What is done to all of them in one go has one price, as an order of the
buddy allocator has (Linux, mm/page_alloc.c); what is cleared or copied costs what 512 pages do.
"""

from emulator.base.bits import HUGE_PAGES, address_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, rare
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_cleared, put_copy
from emulator.kernel.memory.frame_log import because_all
from emulator.kernel.memory.frames import NONE, chain, drop, hand_out, lines_cost, share


@rare
def take_huge(world, hart):
    """Return the first of 512 free frames in a row, each now with one reference, or NONE."""
    head = block_used_before(world)
    if head == NONE:
        head = block_never_used(world)
    if head == NONE:
        return NONE
    for frame in range(head, head + HUGE_PAGES):
        hand_out(world, hart, frame)
    book(hart, Cost.KERNEL_ALLOC, world.chip.price[Price.ALLOC])
    return head


@rare
def has_huge(world, wanted):
    """Return whether `wanted` huge pages could be taken now."""
    allocator = world.allocator
    first = -(-allocator.next_frame // HUGE_PAGES) * HUGE_PAGES
    found = max(allocator.frame_limit - first, 0) // HUGE_PAGES
    for head in range(HUGE_PAGES, first, HUGE_PAGES):
        used = 0
        for frame in range(head, head + HUGE_PAGES):
            used += world.frame[frame].refs != 0
        found += used == 0
    return found >= wanted


@hot
def block_never_used(world):
    """Return the first frame of a block of those never used, which it is no more, or NONE; what it skips is free."""
    allocator = world.allocator
    head = -(-allocator.next_frame // HUGE_PAGES) * HUGE_PAGES
    if head + HUGE_PAGES > allocator.frame_limit:
        return NONE
    for frame in range(head - 1, allocator.next_frame - 1, -1):
        chain(world, frame)
    allocator.next_frame = head + HUGE_PAGES
    return head


@hot
def block_used_before(world):
    """Return the first frame of a block of free ones below `next_frame`, chained no more, or NONE."""
    allocator = world.allocator
    if allocator.next_frame - allocator.in_use < HUGE_PAGES:
        return NONE
    for head in range(HUGE_PAGES, allocator.next_frame - HUGE_PAGES + 1, HUGE_PAGES):
        frame = head
        while frame < head + HUGE_PAGES and world.frame[frame].refs == 0:
            frame += 1
        if frame == head + HUGE_PAGES:
            unchain(world, head)
            return head
    return NONE


@hot
def unchain(world, head):
    """Take the 512 free frames from `head` on out of the chain of free ones, the order of the others staying."""
    left, before, frame = HUGE_PAGES, NONE, world.allocator.free_list
    while left > 0:
        after = world.frame[frame].next
        if not head <= frame < head + HUGE_PAGES:
            before = frame
        else:
            left -= 1
            if before == NONE:
                world.allocator.free_list = after
            else:
                world.frame[before].next = after
        frame = after


@rare
def give_huge(world, hart, head):
    """Drop one reference to each of the frames of a huge page; those whose last one that was are free."""
    freed = False
    for frame in range(head + HUGE_PAGES - 1, head - 1, -1):
        freed |= drop(world, hart, frame)
    if freed:
        book(hart, Cost.KERNEL_ALLOC, world.chip.price[Price.FREE])


@rare
def hold_huge(world, hart, head):
    """Count one more reference to each of the frames of a huge page."""
    for frame in range(head, head + HUGE_PAGES):
        share(world, hart, frame)


@rare
def has_one_owner(world, head):
    """Return whether nobody else refers to any frame of a huge page."""
    shared = 0
    for frame in range(head, head + HUGE_PAGES):
        shared += world.frame[frame].refs != 1
    return shared == 0


@rare
def clear_huge(world, hart, head):
    """Fill a huge page with zeros, frame by frame."""
    for frame in range(head, head + HUGE_PAGES):
        put_cleared(world, hart, address_of(frame))
        book(hart, Cost.KERNEL_CLEAR, lines_cost(world, hart, frame))


@hot
def copy_frame(world, hart, source, target):
    """Copy a frame to another one that is the hart's to fill."""
    put_copy(world, hart, address_of(source), address_of(target))
    book(hart, Cost.KERNEL_COPY, lines_cost(world, hart, source) + lines_cost(world, hart, target))


@hot
def take_huge_cleared(world, hart):
    """Return a free huge page filled with zeros, or NONE."""
    head = take_huge(world, hart)
    if head != NONE:
        clear_huge(world, hart, head)
    return head


@rare
def take_huge_copy(world, hart, source):
    """Return a free huge page with the contents of the one at frame `source`, or NONE."""
    head = take_huge(world, hart)
    if head != NONE:
        for i in range(HUGE_PAGES):
            copy_frame(world, hart, source + i, head + i)
    return head


@hot
def share_zeros(world, hart, space):
    """Return the huge page of zeros for `space` to map, made on first use, or NONE."""
    allocator = world.allocator
    if allocator.huge_zero == NONE:
        because_all(world, FrameUse.ZEROS, 0, HUGE_PAGES)
        allocator.huge_zero = take_huge_cleared(world, hart)
        if allocator.huge_zero == NONE:
            return NONE
    if space.huge_zero == 0:
        space.huge_zero = 1
        allocator.huge_zero_users += 1
    return allocator.huge_zero


@rare
def leave_zeros(world, hart, space):
    """Let `space`, which ends, need the huge page of zeros no more; without users it is given back."""
    allocator = world.allocator
    if space.huge_zero == 1:
        space.huge_zero = 0
        allocator.huge_zero_users -= 1
        if allocator.huge_zero_users == 0:
            because_all(world, FrameUse.EXIT, 0, HUGE_PAGES)
            give_huge(world, hart, allocator.huge_zero)
            allocator.huge_zero = NONE
