"""The reverse map: for each frame the leaves that map it, in whatever address space.

Linux keeps one (rmap). This one is made when pages are to be taken away, by one pass over all page tables, and holds as
long as the kernel is at it: other harts that run meanwhile change no PTE but its A and D. So no other step of the
kernel keeps it, and where nothing is taken away it costs nothing. What is booked is what a kept one costs: a PTE for
each leaf that is looked at.

A frame may go if all its references are leaves found here, but for those of the swap cache and of a program's image.
Not found, and so never taken away, are the pages of regions that are locked, those of shared objects (tmpfs that stays)
and of MAP_HUGETLB, page tables, and what is pinned.
"""

from emulator.base.bits import HUGE_BYTES, PAGE_BYTES, frame_of, nth_entry
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Backing, RegionKind, Trait
from emulator.hardware.memory import read_word
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.huge_tables import huge_place, next_huge
from emulator.kernel.memory.page_table import leaf_frame, leaf_place, next_table, table_end
from emulator.kernel.memory.slots import NO_SLOT, slot_with
from emulator.paging import format as paging
from emulator.world.swap import MOST_MAPPINGS

NOTHING = 0
SMALL, HUGE = 0, 1
STAYS = Trait.LOCKED | Trait.HUGETLB


@rare
def look_everywhere(world, hart):
    """Make the map anew; nothing is chosen yet."""
    reclaim = world.reclaim
    reclaim.mappings = reclaim.victims = reclaim.slots = 0
    for frame in range(world.allocator.first_frame, world.allocator.next_frame):
        reclaim.first[frame] = NOTHING
    for s in range(world.pool.spaces):
        space = world.space[s]
        for i in range(space.regions if space.users > 0 else 0):
            region = region_at(world, space, i)
            if region.kind != RegionKind.HELD and region.backing != Backing.OBJECT and region.traits & STAYS == 0:
                look_in(world, hart, space, region)
                if space.huge > 0:
                    look_for_huge(world, hart, space, region)


@hot
def look_in(world, hart, space, region):
    """Note the small pages of one region."""
    va = next_table(world, hart, space.root, region.start, region.end)
    while va < region.end:
        stop = table_end(hart, va, region.end)
        first = leaf_place(world, hart, space.root, va)
        for i in range((stop - va) // PAGE_BYTES):
            pte = read_word(world, nth_entry(first, i))
            if pte != 0 and not paging.is_swapped(hart, pte):
                page = va + i * PAGE_BYTES
                note(world, space, leaf_frame(hart, pte), nth_entry(first, i), page, SMALL, file_of(region, page))
        va = next_table(world, hart, space.root, stop, region.end)


@rare
def look_for_huge(world, hart, space, region):
    """Note its huge pages, each under its first frame."""
    va = next_huge(world, hart, space.root, region.start, region.end)
    while va < region.end:
        place = huge_place(world, hart, space.root, va)
        head = leaf_frame(hart, read_word(world, place))
        if head != world.allocator.huge_zero:
            note(world, space, head, place, va, HUGE, NOTHING)
        va = next_huge(world, hart, space.root, va + HUGE_BYTES, region.end)


@hot
def file_of(region, va):
    """Return the page of storage that has the bytes of a program's file for `va`, or NOTHING."""
    if region.backing != Backing.IMAGE:
        return NOTHING
    return frame_of(region.object + region.object_offset + va - region.start)


@hot
def note(world, space, frame, place, va, level, file):
    """Note one leaf; without room for it its frame stays, for it has more references than are found."""
    reclaim = world.reclaim
    if frame < world.allocator.first_frame or reclaim.mappings >= MOST_MAPPINGS - 1:
        return
    if file != NOTHING and world.frame[file].cached != frame:
        file = NOTHING
    reclaim.mappings += 1
    mapping = reclaim.mapping[reclaim.mappings]
    mapping.next, mapping.space, mapping.level = reclaim.first[frame], space.number, level
    mapping.place, mapping.va, mapping.file = place, va, file
    reclaim.first[frame] = reclaim.mappings


@hot
def mappings_of(world, frame):
    """Return how many leaves map `frame`."""
    found, at = 0, abs(world.reclaim.first[frame])
    while at != NOTHING:
        found += 1
        at = world.reclaim.mapping[at].next
    return found


@hot
def is_huge(world, frame):
    """Return whether `frame` is the first one of a huge page that some space maps as such."""
    found, at = False, abs(world.reclaim.first[frame])
    while at != NOTHING:
        found = found or world.reclaim.mapping[at].level == HUGE
        at = world.reclaim.mapping[at].next
    return found


@hot
def file_page(world, frame):
    """Return the page of storage that `frame` is the shared frame of, or NOTHING."""
    return world.reclaim.mapping[abs(world.reclaim.first[frame])].file


@hot
def may_go(world, frame):
    """Return whether all that refers to `frame` is known: it may then be taken away."""
    if world.reclaim.first[frame] <= NOTHING:
        return False
    known = mappings_of(world, frame)
    if slot_with(world, frame) != NO_SLOT:
        known += 1
    if file_page(world, frame) != NOTHING:
        known += 1
    return world.frame[frame].refs == known
