"""Last-level page tables that several address spaces share (`--fork shared-tables`): On-demand-fork, EuroSys 2021.

Fork gives the child the parent's last-level tables, and a table's frame counts who leads to it. A page counts a shared
table once, however many share that. Nothing in a shared table may be written to:

    x86-64, arm64    all pointers to it deny writes (`make_guard`); its PTEs stay as they are
    RISC-V           pointers deny nothing, so its PTEs are made read-only when it is first shared

Whoever has to change a PTE there needs a table of its own first. In this order, as a copy-on-write fault (F62):

    1  take a frame for the copy; there is none: nothing has changed (F63)
    2  copy the PTEs, read-only on both sides; each page has one reference more
    3  unlink the shared table, and flush the pointer to it
    4  wait for the answers
    5  install a pointer to the copy that denies nothing, and drop the reference to the shared table

With one owner left, the table stays: steps 3 to 5 alone, and nothing at all where its pointer denies nothing. Hardware
may set A in a shared table, for all who share it, as it may set A without an access; D it cannot, for nobody writes.

Shared are tables whose regions are all private, inherited whole, and of no file: to cut a file short must not need
memory for tables. In others fork copies PTEs, as ever.
"""

from emulator.base.bits import PAGE_BYTES, V, W, address_of, at, frame_of, nth_entry
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Backing, FlushCause, ForkMode, RegionKind, Trait
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.ranges import page_at
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.frame_log import because, because_forked
from emulator.kernel.memory.frames import NONE, give, share, take_cleared
from emulator.kernel.memory.page_table import (
    ABSENT,
    descend,
    leaf_frame,
    make_place,
    next_table,
    pointer_place,
    table_end,
    write_pte,
)
from emulator.kernel.memory.regions import find_from
from emulator.kernel.run.settle import settle
from emulator.paging import format as paging

NEVER = -1
NO_FRAME, UNSHARED, OWNED = 0, 1, 2  # what has become of a table that was to be one's own


@rare
def may_share(world, hart, parent, va):
    """Return whether a child can share the last-level table of `va`: it is to see all that stands there."""
    start = va & -paging.span(hart, 1)
    index, may = find_from(world, parent, start), True
    while index < parent.regions and region_at(world, parent, index).start < start + paging.span(hart, 1):
        region = region_at(world, parent, index)
        left_out = region.traits & (Trait.DONT_FORK | Trait.WIPE_ON_FORK) != 0 or region.kind == RegionKind.HELD
        may &= region.shared == 0 and region.backing != Backing.FILE and not left_out
        index += 1
    return may


@rare
def share_table(world, hart, parent, child, va):
    """Let `child` lead to the last-level table of `va` that `parent` has, once; return whether memory sufficed."""
    table, _ = descend(world, hart, parent.root, va)
    had, level = descend(world, hart, child.root, va)
    if level == 0 and had == table:
        return True
    place = make_place(world, hart, child, child.root, va, 1)
    if place == ABSENT:
        return False
    frame = frame_of(table)
    guard = paging.make_guard(hart, frame)
    if world.frame[frame].refs == 1:
        protect_table(world, hart, parent, va, table, guard)
    put_word(world, hart, place, guard)
    book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE_FORK])
    because_forked(world, va)
    share(world, hart, frame)
    child.tables += 1
    hart.count[Counter.FORK_TABLES_SHARED] += 1
    return True


@rare
def protect_table(world, hart, parent, va, table, guard):
    """Let nothing be written to what `table`, the parent's alone, maps: by `guard`, if pointers can do that."""
    since = hart.clock
    if guard != paging.make_pointer(hart, frame_of(table)):
        place = pointer_place(world, hart, parent.root, va)
        changed = read_word(world, place) != guard
        if changed:
            write_pte(world, hart, place, guard)
    else:
        flipped = take_writes(world, hart, table)
        hart.count[Counter.FORK_WRITE_PROTECTED] += flipped
        book(hart, Cost.KERNEL_PTE, flipped * world.chip.price[Price.PTE])
        changed = flipped > 0
    if changed and world.request.since == NEVER:
        world.request.since = since


@hot
def take_writes(world, hart, table):
    """Make all PTEs of `table` read-only; return how many were not."""
    flipped = 0
    for i in range(paging.entries_of(hart)):
        pte = read_word(world, nth_entry(table, i))
        rights = paging.rights_of(hart, pte)
        if pte != 0 and rights & W != 0:
            put_word(world, hart, nth_entry(table, i), paging.with_rights(hart, pte, rights & ~W))
            flipped += 1
    return flipped


@rare
def needs_own(world, hart, space, va):
    """Return whether the last-level table of `va` has to become the space's own before a PTE there may change."""
    if world.policy.fork_mode != ForkMode.SHARED_TABLES:
        return False
    table, level = descend(world, hart, space.root, va)
    if level > 0:
        return False
    frame = frame_of(table)
    pointer = read_word(world, pointer_place(world, hart, space.root, va))
    return world.frame[frame].refs > 1 or pointer != paging.make_pointer(hart, frame)


@hot
def other_sharers(world, hart, space, va):
    """Return how many other spaces share the last-level table of `va`."""
    if world.policy.fork_mode != ForkMode.SHARED_TABLES:
        return 0
    table, level = descend(world, hart, space.root, va)
    return world.frame[frame_of(table)].refs - 1 if level == 0 else 0


@rare
def next_shared(world, hart, space, start, end):
    """Return the first address from `start` on and below `end` whose table needs that; `end` if there is none."""
    va = next_table(world, hart, space.root, start, end)
    while va < end and not needs_own(world, hart, space, va):
        va = next_table(world, hart, space.root, table_end(hart, va, end), end)
    return va


@rare
def begin_own(world, hart, space, va):
    """Steps 1 to 3 for the table of `va`, which needs that; return whether memory sufficed.

    `settle` and `finish_own` come next.
    """
    place = pointer_place(world, hart, space.root, va)
    pointer = read_word(world, place)
    table = paging.target_of(hart, pointer, 1)
    own = frame_of(table)
    if world.frame[own].refs > 1:
        own = copy_table(world, hart, table, va)
        if own == NONE:
            return False
    world.request.own, since = own, hart.clock
    write_pte(world, hart, place, paging.with_rights(hart, pointer, paging.rights_of(hart, pointer) & ~V))
    world.request.tables = 1
    flush(world, hart, page_at(space, va), FlushCause.TABLE, since)
    return True


@rare
def finish_own(world, hart, space, va):
    """Step 5."""
    place = pointer_place(world, hart, space.root, va)
    shared, own = frame_of(paging.target_of(hart, read_word(world, place), 1)), world.request.own
    write_pte(world, hart, place, paging.make_pointer(hart, own))
    world.request.tables = 0
    if own != shared:
        because(world, FrameUse.TABLE, va)
        give(world, hart, shared)
        hart.count[Counter.FORK_TABLES_COPIED] += 1


@rare
def copy_table(world, hart, table, va):
    """Return a frame with a copy of `table`, that of `va`, both read-only from now on, or NONE."""
    because(world, FrameUse.TABLE, va)
    frame = take_cleared(world, hart)
    if frame == NONE:
        return NONE
    world.frame[at(frame)].nodes[0] = world.frame[frame_of(table)].nodes[0]
    take_writes(world, hart, table)
    found = 0
    for i in range(paging.entries_of(hart)):
        pte = read_word(world, nth_entry(table, i))
        if pte != 0:
            put_word(world, hart, nth_entry(address_of(frame), i), pte)
            if leaf_frame(hart, pte) != world.allocator.zero_frame:
                because(world, FrameUse.FORK, (va & -paging.span(hart, 1)) + i * PAGE_BYTES)
                share(world, hart, at(leaf_frame(hart, pte)))
            found += 1
    book(hart, Cost.KERNEL_PTE, found * world.chip.price[Price.PTE_FORK])
    return frame


@rare
def own_table(world, hart, space, va):
    """Let the last-level table of `va`, if there is one, be the space's own; return what has become of it."""
    if not needs_own(world, hart, space, va):
        return UNSHARED
    if not begin_own(world, hart, space, va):
        return NO_FRAME
    settle(world, hart)
    finish_own(world, hart, space, va)
    return OWNED
