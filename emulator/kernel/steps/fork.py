"""Fork: a second address space that shows the same pages.

Private pages that may be written become read-only on both sides (F1, F64); shared ones stay as they are; the page of
zeros and read-only pages are just mapped again. `eager` copies what it would share; `cow-stack` copies only the page
that the stack pointer is in (F5); `shared-tables` shares page tables, too (`shared_tables`). One flush of the
parent's address space comes at the end, on the error path too (F64): its TLB entries may still say that flipped pages
are writable. So with huge pages, as a whole (`huge_pages`).
"""

from emulator.base.bits import (
    PAGE_BYTES,
    D,
    W,
    at,
    frame_of,
    nth_entry,
    page_of,
)
from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause, ForkMode, RegionKind, Trait
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.ranges import between, whole_of
from emulator.kernel.memory.extents import copy_region, make_room, region_at
from emulator.kernel.memory.frame_log import because_forked, fork_for, note_forked
from emulator.kernel.memory.frames import NONE, share, take_copy
from emulator.kernel.memory.mistakes import (
    fails_unflushed,
    forgets_shares,
    forgets_wipe,
    shares_writes,
    spares_child,
    spares_parent,
)
from emulator.kernel.memory.page_table import ABSENT, leaf_frame, make_leaf_place, maps, next_table, table_end
from emulator.kernel.memory.regions import holds_object
from emulator.kernel.memory.slots import hold_slot
from emulator.kernel.steps.huge_pages import fork_huge
from emulator.kernel.steps.shared_tables import NEVER, may_share, share_table
from emulator.paging import format as paging


@hot
def copy_regions(world, hart, parent, child, first, last, stack_pointer):
    """Make `child` show the regions `first` to `last` - 1 of `parent`; return whether memory sufficed.

    Flushes the parent's space if any PTE of it has changed; `settle` comes next. On failure the child holds what it got
    so far, for the caller to take down (F63).
    """
    world.request.since = NEVER
    fork_for(world, child.pid)
    region, done = region_at(world, parent, first), True
    for i in range(first, last):
        region = region_at(world, parent, i)
        if region.kind == RegionKind.HELD or region.traits & Trait.DONT_FORK:
            continue
        done = make_room(world, child)
        if done:
            copy_region(region, region_at(world, child, child.regions))
            region_at(world, child, child.regions).traits &= ~Trait.LOCKED
            child.regions += 1
            if holds_object(region):
                because_forked(world, region.start)
                share(world, hart, frame_of(region.object))
            if not region.traits & Trait.WIPE_ON_FORK or forgets_wipe(world):
                done = copy_range(world, hart, parent, child, region, page_of(stack_pointer))
                if done and parent.huge > 0:
                    done = fork_huge(world, hart, parent, child, region, page_of(stack_pointer))
        if not done:
            break
    if world.request.since != NEVER and not fails_unflushed(world, done):
        span = whole_of(parent)
        if last - first < parent.regions:
            span = between(parent, region_at(world, parent, first).start, region.end)
        flush(world, hart, span, FlushCause.FORK, world.request.since)
    return done


@hot
def copy_range(world, hart, parent, child, region, stack_page):
    """Copy the PTEs of `region`, one last-level table at a time; return whether memory sufficed."""
    va = next_table(world, hart, parent.root, region.start, region.end)
    while va < region.end:
        end = table_end(hart, va, region.end)
        if world.policy.fork_mode == ForkMode.SHARED_TABLES and may_share(world, hart, parent, va):
            done = share_table(world, hart, parent, child, va)
        else:
            done = copy_table(world, hart, parent, child, region, va, end, stack_page)
        if not done:
            return False
        va = next_table(world, hart, parent.root, end, region.end)
    return True


@hot
def copy_table(world, hart, parent, child, region, va, end, stack_page):
    """Copy the PTEs of `region` from `va` to `end`, all in one last-level table; return whether memory sufficed."""
    source = make_leaf_place(world, hart, parent, parent.root, va)
    target = make_leaf_place(world, hart, child, child.root, va)
    if target == ABSENT:
        return False
    pages = (end - va) // PAGE_BYTES
    if copies_eagerly(world, region, va, end, stack_page):
        return copy_pages(world, hart, region, va, source, target, pages, stack_page)
    share_pages(world, hart, region, va, source, target, pages)
    return True


@hot
def copies_eagerly(world, region, va, end, stack_page):
    """Return whether fork copies any page of this private writable range."""
    if region.shared or region.prot & W == 0:
        return False
    mode = world.policy.fork_mode
    return mode == ForkMode.EAGER or (mode == ForkMode.COW_STACK and va <= stack_page < end)


@hot
def share_pages(world, hart, region, va, source, target, pages):
    """Map `pages` pages from `va` on in the child too, read-only on both sides if they are private and writable."""
    zero_frame = world.allocator.zero_frame
    protect, uncounted = 0 if shares_writes(world, region, NONE) else W, forgets_shares(world)
    parent_writes, child_writes = spares_parent(world), spares_child(world)
    shared, flipped = 0, 0
    for i in range(pages):
        pte = read_word(world, nth_entry(source, i))
        if pte == 0:
            continue
        shared += 1
        if paging.is_swapped(hart, pte):
            put_word(world, hart, nth_entry(target, i), pte)
            hold_slot(world, paging.slot_of(hart, pte))
            continue
        rights = paging.rights_of(hart, pte)
        if rights & protect != 0:
            flipped += 1
            if world.request.since == NEVER:
                world.request.since = hart.clock
            pte = paging.with_rights(hart, pte, rights & ~W)
            if not parent_writes:
                put_word(world, hart, nth_entry(source, i), pte)
            if child_writes:
                pte = paging.with_rights(hart, pte, rights)
        put_word(world, hart, nth_entry(target, i), pte)
        frame = leaf_frame(hart, pte)
        if frame != zero_frame and not uncounted:
            world.frame[at(frame)].refs += 1
            note_forked(world, hart, at(frame), va + i * PAGE_BYTES)
    hart.count[Counter.FORK_WRITE_PROTECTED] += flipped
    book(hart, Cost.KERNEL_PTE, shared * world.chip.price[Price.PTE_FORK])


@hot
def copy_pages(world, hart, region, va, source, target, pages, stack_page):
    """Give the child copies of the pages that the fork mode says, share the others; return whether memory sufficed."""
    for i in range(pages):
        place = nth_entry(source, i)
        pte = read_word(world, place)
        wanted = world.policy.fork_mode == ForkMode.EAGER or va + i * PAGE_BYTES == stack_page
        if not wanted or not maps(hart, pte) or leaf_frame(hart, pte) == world.allocator.zero_frame:
            share_pages(world, hart, region, va + i * PAGE_BYTES, place, nth_entry(target, i), 1)
            continue
        because_forked(world, va + i * PAGE_BYTES)
        frame = take_copy(world, hart, leaf_frame(hart, pte))
        if frame == NONE:
            return False
        put_word(world, hart, nth_entry(target, i), paging.make_leaf(hart, frame, paging.rights_of(hart, pte) | W | D))
        book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE_FORK])
        hart.count[Counter.FORK_EAGER_COPIES] += 1
    return True
