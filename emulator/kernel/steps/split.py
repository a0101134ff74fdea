"""Splitting a huge page: 512 small ones in its place, in one address space, which grant and map what it did.

    1  clear V of the huge leaf, and flush it: one invalidation of 2 MiB
    2  wait for the answers
    3  fill the table that was put by for it, and let a pointer to that stand in the leaf's place

That is the order of Linux (__split_huge_pmd_locked, mm/huge_memory.c): no TLB holds the page at two sizes. Other
address spaces that map it go on doing so by a huge page.
"""

from emulator.base.bits import HUGE_PAGES, V, at, frame_of, nth_entry
from emulator.base.jit import rare
from emulator.base.kernel_names import FlushCause
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.hooks import begin_look, end_look, look_at
from emulator.kernel.invalidation.ranges import huge_at
from emulator.kernel.memory.huge_tables import huge_place, take_table
from emulator.kernel.memory.page_table import leaf_frame, maps, write_pte
from emulator.kernel.run.settle import settle
from emulator.paging import format as paging


@rare
def begin_split(world, hart, space, va):
    """Step 1, for the huge page that `va` is in; `settle` and `finish_split` come next."""
    place = huge_place(world, hart, space.root, va)
    old = read_word(world, place)
    world.request.split, since = old, hart.clock
    if maps(hart, old):
        begin_look(world)
        write_pte(world, hart, place, paging.with_rights(hart, old, paging.rights_of(hart, old) & ~V))
        look_at(world, hart, place, old)
        flush(world, hart, huge_at(space, va), FlushCause.SPLIT, since)
        end_look(world)


@rare
def finish_split(world, hart, space, va):
    """Step 3."""
    place, old = huge_place(world, hart, space.root, va), world.request.split
    head, rights, zeros = leaf_frame(hart, old), paging.rights_of(hart, old), world.allocator.zero_frame
    table = take_table(world, space)
    for i in range(HUGE_PAGES):
        frame = zeros if head == world.allocator.huge_zero else head + i
        put_word(world, hart, nth_entry(table, i), paging.make_leaf(hart, frame, rights))
        world.frame[at(frame)].owner = world.frame[at(head)].owner
    book(hart, Cost.KERNEL_PTE, HUGE_PAGES * world.chip.price[Price.PTE])  # no count changes
    write_pte(world, hart, place, paging.make_pointer(hart, frame_of(table)))
    space.tables += 1
    space.huge -= 1
    hart.count[Counter.HUGE_SPLITS] += 1


@rare
def split(world, hart, space, va):
    """Split the huge page that `va` is in."""
    begin_split(world, hart, space, va)
    settle(world, hart)
    finish_split(world, hart, space, va)
