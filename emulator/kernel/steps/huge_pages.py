"""What steps on ranges do to the huge pages in them, beside the small ones: each lies in the range as a whole.

A range that cuts one has had it split before.
"""

from emulator.base.bits import HUGE_BYTES, HUGE_PAGES, PAGE_BYTES, A, D, R, V, W, X, at, nth_entry
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import ForkMode, Trait
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.hooks import look_at
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.frame_log import because_all, because_forked
from emulator.kernel.memory.frames import NONE, share, take_copy
from emulator.kernel.memory.huge_frames import (
    give_huge,
    has_one_owner,
    hold_huge,
    share_zeros,
    take_huge_copy,
)
from emulator.kernel.memory.huge_tables import give_table, huge_place, next_huge, put_table_by
from emulator.kernel.memory.page_table import ABSENT, leaf_frame, make_leaf_place, make_place, maps, write_pte
from emulator.kernel.memory.regions import NOWHERE, find, region_bits
from emulator.paging import format as paging

NEVER = -1


@rare
def unmap_huge(world, hart, space, start, end):
    """Clear V of the huge pages from `start` to `end`; return how many there were."""
    found = 0
    va = next_huge(world, hart, space.root, start, end)
    while va < end:
        place = huge_place(world, hart, space.root, va)
        pte = read_word(world, place)
        put_word(world, hart, place, paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~V))
        look_at(world, hart, place, pte)
        found += 1
        va = next_huge(world, hart, space.root, va + HUGE_BYTES, end)
    book(hart, Cost.KERNEL_PTE, found * world.chip.price[Price.PTE_DROP])
    return found


@rare
def drop_huge(world, hart, space, start, end):
    """Give back the huge pages from `start` to `end`, unmapped and flushed, and what was put by for them."""
    va = next_huge(world, hart, space.root, start, end)
    while va < end:
        place = huge_place(world, hart, space.root, va)
        head = leaf_frame(hart, read_word(world, place))
        put_word(world, hart, place, 0)
        if head != world.allocator.huge_zero:
            because_all(world, FrameUse.UNMAP, va, HUGE_PAGES)
            give_huge(world, hart, head)
        if is_split(world, space, va):
            give_table(world, hart, space)
        space.huge -= 1
        va = next_huge(world, hart, space.root, va + HUGE_BYTES, end)


@hot
def is_split(world, space, va):
    """Return whether the huge page at `va` is one that can be split."""
    index = find(world, space, va)
    return index == NOWHERE or region_at(world, space, index).traits & Trait.HUGETLB == 0


@rare
def protect_huge(world, hart, space, region):
    """Let the huge leaves of `region` grant what it now does; return how many changed."""
    changed = 0
    va = next_huge(world, hart, space.root, region.start, region.end)
    while va < region.end:
        place = huge_place(world, hart, space.root, va)
        pte = read_word(world, place)
        bits = (region_bits(region) & ~A) | (paging.rights_of(hart, pte) & (A | D))
        if region.prot & (R | W | X) == 0:
            bits &= ~V
        head = leaf_frame(hart, pte)
        sole = head != world.allocator.huge_zero and (region.shared or has_one_owner(world, head))
        if region.prot & W != 0 and sole:
            bits |= W | D
        new = paging.make_huge(hart, head, bits)
        if new != pte:
            write_pte(world, hart, place, new)
            look_at(world, hart, place, pte)
            changed += 1
        va = next_huge(world, hart, space.root, va + HUGE_BYTES, region.end)
    return changed


@rare
def fork_huge(world, hart, parent, child, region, stack_page):
    """Make `child` show the huge pages of `region` of `parent`; return whether memory sufficed."""
    va, done = next_huge(world, hart, parent.root, region.start, region.end), True
    while va < region.end and done:
        mode = world.policy.fork_mode
        if (
            region.shared
            or region.prot & W == 0
            or mode == ForkMode.SHARED_TABLES
            or (mode == ForkMode.COW_STACK and not va <= stack_page < va + HUGE_BYTES)
        ):
            mode = ForkMode.COW
        done = False
        if mode == ForkMode.EAGER:
            done = copy_whole(world, hart, parent, child, region, va)
        if not done and (mode == ForkMode.COW or region.traits & Trait.HUGETLB):
            done = share_whole(world, hart, parent, child, region, va)
        elif not done:
            done = share_in_pieces(world, hart, parent, child, region, va, stack_page)
        va = next_huge(world, hart, parent.root, va + HUGE_BYTES, region.end)
    return done


@hot
def protect_parent(world, hart, parent, region, va):
    """Let the huge page at `va` be read-only in the parent if it is private and writable; return its PTE."""
    place = huge_place(world, hart, parent.root, va)
    pte = read_word(world, place)
    rights = paging.rights_of(hart, pte)
    if rights & W != 0 and not region.shared:
        hart.count[Counter.FORK_WRITE_PROTECTED] += 1
        if world.request.since == NEVER:
            world.request.since = hart.clock
        pte = paging.with_rights(hart, pte, rights & ~W)
        put_word(world, hart, place, pte)
    return pte


@hot
def install(world, hart, child, region, va, pte):
    """Let `pte` map a huge page in the child, a table being put by; return whether memory sufficed."""
    place = make_place(world, hart, child, child.root, va, 1)
    if place == ABSENT or (region.traits & Trait.HUGETLB == 0 and not put_table_by(world, hart, child)):
        return False
    put_word(world, hart, place, pte)
    book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE_FORK])
    child.huge += 1
    return True


@hot
def share_whole(world, hart, parent, child, region, va):
    """Map the parent's huge page in the child too; return whether memory sufficed."""
    pte = protect_parent(world, hart, parent, region, va)
    if not install(world, hart, child, region, va, pte):
        return False
    if leaf_frame(hart, pte) == world.allocator.huge_zero:
        share_zeros(world, hart, child)
    else:
        because_all(world, FrameUse.FORK, va, HUGE_PAGES)
        hold_huge(world, hart, leaf_frame(hart, pte))
    return True


@hot
def copy_whole(world, hart, parent, child, region, va):
    """Give the child a copy of the parent's huge page, if it has frames and there is anything to copy."""
    pte = read_word(world, huge_place(world, hart, parent.root, va))
    if not maps(hart, pte) or leaf_frame(hart, pte) == world.allocator.huge_zero:
        return False
    because_all(world, FrameUse.FORK, va, HUGE_PAGES)
    head = take_huge_copy(world, hart, leaf_frame(hart, pte))
    if head == NONE:
        return False
    if not install(world, hart, child, region, va, paging.make_huge(hart, head, paging.rights_of(hart, pte) | W | D)):
        because_all(world, FrameUse.VAIN, va, HUGE_PAGES)
        give_huge(world, hart, head)
        return False
    hart.count[Counter.HUGE_COPIES] += 1
    hart.count[Counter.FORK_EAGER_COPIES] += HUGE_PAGES
    return True


@hot
def share_in_pieces(world, hart, parent, child, region, va, stack_page):
    """Map the parent's huge page by small ones in the child; copy those that the fork mode says, not sharing them."""
    pte = read_word(world, huge_place(world, hart, parent.root, va))
    head = leaf_frame(hart, pte)
    if not maps(hart, pte) or head == world.allocator.huge_zero:
        return share_whole(world, hart, parent, child, region, va)
    first = make_leaf_place(world, hart, child, child.root, va)
    if first == ABSENT:
        return False
    rights = paging.rights_of(hart, protect_parent(world, hart, parent, region, va))
    for i in range(HUGE_PAGES):
        frame, granted = head + i, rights
        because_forked(world, va + i * PAGE_BYTES)
        if world.policy.fork_mode == ForkMode.EAGER or stack_page == va + i * PAGE_BYTES:
            frame, granted = take_copy(world, hart, head + i), rights | W | D
            if frame == NONE:
                return False
            hart.count[Counter.FORK_EAGER_COPIES] += 1
        else:
            share(world, hart, at(frame))
        put_word(world, hart, nth_entry(first, i), paging.make_leaf(hart, frame, granted))
    book(hart, Cost.KERNEL_PTE, HUGE_PAGES * world.chip.price[Price.PTE_FORK])
    return True
