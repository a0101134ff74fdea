"""The fault road where pages of 2 MiB are: a fault maps one where the policy and the region allow that, or finds one.

Linux's rules (Documentation/admin-guide/mm/transhuge.rst; mm/huge_memory.c, mm/hugetlb.c):

    nothing there, a write    a huge page of zeros, if 512 frames are free in a row; else small pages have to do
    nothing there, a read     the huge page of zeros, which all share
    a write to that           a huge page of zeros of its own; without frames it is split
    a write, one owner        the huge page is made writable whole (step 4)
    a write, several owners   it is split in this address space, and one small page copied (do_huge_pmd_wp_page)
    MAP_HUGETLB               the same, but nothing is ever split: a read has frames of its own, a write copies all
"""

from emulator.base.bits import HUGE_BYTES, HUGE_PAGES, D, R, U, V, W, huge_of
from emulator.base.frame_names import FrameStep, FrameUse
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Backing, FlushCause, Huge, Trait
from emulator.base.names import Counter, Event
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.hooks import claim, reach_table
from emulator.kernel.invalidation.ranges import huge_at, page_at
from emulator.kernel.memory.frame_log import because, because_all, note
from emulator.kernel.memory.frames import NONE
from emulator.kernel.memory.huge_frames import (
    give_huge,
    has_one_owner,
    hold_huge,
    share_zeros,
    take_huge_cleared,
    take_huge_copy,
)
from emulator.kernel.memory.huge_tables import give_table, huge_place, put_table_by
from emulator.kernel.memory.page_table import ABSENT, descend, leaf_frame, lets_through, make_place, write_pte
from emulator.kernel.memory.regions import region_bits
from emulator.kernel.steps.replacing import drop_own_page, fence_valid, replace
from emulator.kernel.steps.split import split
from emulator.paging import format as paging
from emulator.paging.accesses import writes

SMALL = -1  # in the place of an `Event`: small pages have to do


@rare
def resolve_huge(world, hart, space, region, va):
    """Resolve the refused access in `hart`, which `region` grants, by a huge page; return the `Event`, or SMALL."""
    place = huge_place(world, hart, space.root, va)
    if place == ABSENT:
        return map_first(world, hart, space, region, va) if takes_huge(world, hart, space, region, va) else SMALL
    reach_table(world, hart, place)
    pte, page, access = read_word(world, place), huge_at(space, va), hart.fault_access
    if lets_through(hart, pte, access):
        hart.count[Counter.FAULT_SPURIOUS] += 1
        drop_own_page(world, hart, page_at(space, va), FlushCause.SPURIOUS)  # an invalid small PTE may be remembered
        return Event.SPURIOUS
    rights = paging.rights_of(hart, pte)
    if writes(access) and rights & W == 0 and not region.shared:
        return break_huge(world, hart, page, region, place, va)
    bits = region_bits(region) | (W | D if writes(access) else rights & (W | D))
    replace(world, hart, page, place, paging.make_huge(hart, leaf_frame(hart, pte), bits | rights), FlushCause.UPGRADE)
    return Event.UPGRADE


@hot
def takes_huge(world, hart, space, region, va):
    """Return whether a huge page may be mapped where `va` is, of which no PTE says anything yet."""
    if region.traits & Trait.HUGETLB:
        return True
    start = huge_of(va)
    if region.backing != Backing.ZEROS or start < region.start or start + HUGE_BYTES > region.end:
        return False
    _, level = descend(world, hart, space.root, va)
    return level > 0 and wants_huge(world, region)


@hot
def wants_huge(world, region):
    """Return whether the policy has huge pages in `region`."""
    if world.policy.huge == Huge.MADVISE:
        return region.traits & Trait.HUGE != 0
    return world.policy.huge == Huge.ALWAYS and region.traits & Trait.NO_HUGE == 0


@hot
def map_first(world, hart, space, region, va):
    """Map a huge page where none was; return the `Event`, or SMALL without frames."""
    hugetlb = region.traits & Trait.HUGETLB != 0
    place = make_place(world, hart, space, space.root, va, 1)
    if place == ABSENT:
        return Event.OUT_OF_MEMORY
    reach_table(world, hart, place)
    if not hugetlb and not put_table_by(world, hart, space):
        return Event.OUT_OF_MEMORY
    if region.shared:
        return map_shared(world, hart, space, region, va, place)
    own = hugetlb or writes(hart.fault_access)
    if own:
        because_all(world, FrameUse.ZEROS, huge_of(va), HUGE_PAGES)
    head = take_huge_cleared(world, hart) if own else share_zeros(world, hart, space)
    if head == NONE:
        if hugetlb:
            return Event.OUT_OF_MEMORY
        give_table(world, hart, space)
        hart.count[Counter.HUGE_FALLBACKS] += 1
        return SMALL
    bits = region_bits(region) | (W | D if writes(hart.fault_access) else 0)
    write_pte(world, hart, place, paging.make_huge(hart, head, bits))
    space.huge += 1
    hart.count[Counter.HUGE_FAULTS] += 1
    if own:
        claim(world, hart, va, place)
    else:
        hart.count[Counter.HUGE_ZERO_MAPS] += 1
    fence_valid(world, hart, page_at(space, va))
    return Event.HUGE_FILL if own else Event.HUGE_MAP


@hot
def map_shared(world, hart, space, region, va, place):
    """Map a huge page of a shared object, making it on first use; it is writable at once if its region is (F60)."""
    held = make_place(world, hart, space, region.object, region.object_offset + huge_of(va) - region.start, 1)
    if held == ABSENT:
        return Event.OUT_OF_MEMORY
    if read_word(world, held) == 0:
        because_all(world, FrameUse.OBJECT, huge_of(va), HUGE_PAGES)
        head = take_huge_cleared(world, hart)
        if head == NONE:
            return Event.OUT_OF_MEMORY
        write_pte(world, hart, held, paging.make_huge(hart, head, V | R | U))
    head = leaf_frame(hart, read_word(world, held))
    because_all(world, FrameUse.OBJECT, huge_of(va), HUGE_PAGES)
    hold_huge(world, hart, head)
    bits = region_bits(region) | (W | D if region.prot & W != 0 else 0)
    write_pte(world, hart, place, paging.make_huge(hart, head, bits))
    space.huge += 1
    hart.count[Counter.HUGE_FAULTS] += 1
    return Event.HUGE_SHARE


@hot
def break_huge(world, hart, page, region, place, va):
    """Resolve a write to a private huge page that is read-only although its region is not, as `break_sharing` does."""
    space, old = world.space[page.space], leaf_frame(hart, read_word(world, place))
    writable, hugetlb = region_bits(region) | W | D, region.traits & Trait.HUGETLB != 0
    if old == world.allocator.huge_zero:
        because_all(world, FrameUse.ZEROS, page.start, HUGE_PAGES)
        new = take_huge_cleared(world, hart)
        if new == NONE:
            hart.count[Counter.HUGE_FALLBACKS] += 1
            split(world, hart, space, va)
            return SMALL
        replace(world, hart, page, place, paging.make_huge(hart, new, writable), FlushCause.FILL)
        claim(world, hart, page.start, place)
        hart.count[Counter.HUGE_FAULTS] += 1
        return Event.HUGE_FILL
    if has_one_owner(world, old):
        replace(world, hart, page, place, paging.make_huge(hart, old, writable), FlushCause.REUSE)
        hart.count[Counter.COW_REUSES] += 1
        because(world, FrameUse.COPY, page.start)
        note(world, hart, old, FrameStep.REUSE)
        return Event.HUGE_REUSE
    if not hugetlb:
        split(world, hart, space, va)
        return SMALL
    because_all(world, FrameUse.COPY, page.start, HUGE_PAGES)
    new = take_huge_copy(world, hart, old)
    if new == NONE:
        return Event.OUT_OF_MEMORY
    replace(world, hart, page, place, paging.make_huge(hart, new, writable), FlushCause.COPY)
    claim(world, hart, page.start, place)
    because_all(world, FrameUse.COPY, page.start, HUGE_PAGES)
    give_huge(world, hart, old)
    hart.count[Counter.HUGE_COPIES] += 1
    return Event.HUGE_COPY
