"""The doors from Python into the compiled kernel: every entry takes the `World` and a hart's number first."""

from emulator.base.bits import address_of, huge_of, offset_of, page_up
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot_entry
from emulator.base.names import Access, Cost, Counter, Event, ForkMode, Price
from emulator.hardware.access import NOTHING, touch_data
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import holds_tables, look_at_bytes
from emulator.hardware.decode import forget_all_decoded
from emulator.hardware.translation.mmu import STALE_USE, translate
from emulator.kernel.invalidation import hooks
from emulator.kernel.invalidation.judge import forget_passes, judge, judge_walk
from emulator.kernel.invalidation.postponed import hurry
from emulator.kernel.invalidation.postponed.queue import has_place
from emulator.kernel.invalidation.tell import tell_runners
from emulator.kernel.memory import huge_frames, regions
from emulator.kernel.memory.frame_log import because, because_of
from emulator.kernel.memory.frames import NONE, give, share, take_cleared
from emulator.kernel.memory.huge_tables import huge_place
from emulator.kernel.memory.mistakes import ignores_w
from emulator.kernel.memory.page_table import ABSENT, find_leaf, maps
from emulator.kernel.steps import address_space, asids, collapse, fork, held, lock, shared_tables, split, unmapping
from emulator.kernel.steps.events import COSTS, begin, begin_at_entry, finish, take_over
from emulator.world.hart import NO_LINE
from emulator.world.task import NO_SPACE

REFUSED = -1
A0, ARGUMENTS = 10, 6


@hot_entry
def reach_user(world, h, va, size, access):
    """Return the place of `size` bytes of user memory at `va`, all on one page, or REFUSED: `drive` may resolve that.

    The kernel's own access takes the fault road just as the program's would (F66), in the space that the hart is in.
    """
    hart = world.hart[h]
    if ignores_w(world) and access == Access.STORE:
        access = Access.LOAD
    place = translate(world, hart, va, access)
    if place == -STALE_USE:
        judge(world, hart)
        place = translate(world, hart, va, access)
        forget_passes(hart)
    judge_walk(world, hart)
    if place < 0:
        return REFUSED
    hart.count[Counter.TLB_L1D_ACCESSES] += 1
    hart.count[Counter.CACHE_L1D_HITS] += 1
    touch_data(world, hart, place, size)
    return place


@hot_entry
def note_bytes(world, h, place, size):
    """Note that `size` bytes of one page at `place` have been written for hart `h`: PTEs may stand there."""
    if holds_tables(world, place):
        look_at_bytes(world, world.hart[h], place, size)


@hot_entry
def pay(world, h, cost, price):
    """Book the profile's `price` under `cost`."""
    book(world.hart[h], cost, world.chip.price[price])


@hot_entry
def enter_call(world, h):
    """Retire the ECALL that hart `h` stands at and enter the kernel for it."""
    hart = world.hart[h]
    take_over(world, hart)
    hart.pc += 4
    hart.calling = 1
    hart.reservation = NOTHING  # the return from a trap ends it (F71)
    hart.fetch_line = NO_LINE
    hart.count[Counter.INSTRUCTIONS] += 1
    hart.count[Counter.SYSCALL_TOTAL] += 1
    book(hart, Cost.BASE, world.chip.price[Price.BASE])
    book(hart, Cost.TRAP_ENTRY, world.chip.price[Price.CALL_ENTRY])
    book(hart, Cost.KERNEL_SYSCALL, world.chip.price[Price.SYSCALL])


@hot_entry
def begin_work(world, h):
    """Let the kernel begin to work on hart `h`: the next `note` tells what it costs from here on."""
    take_over(world, world.hart[h])


@hot_entry
def note(world, h, kind, pc, va, pages, value):
    """Record an event of `kind`, with what the kernel did on hart `h` since it took over and no event has told yet."""
    hart = world.hart[h]
    event = begin_at_entry(world, hart)
    event.pc, event.va, event.pages, event.value = pc, va, pages, value
    if kind == Event.SYSCALL or kind == Event.WAIT:
        for i in range(ARGUMENTS):
            event.arguments[i] = hart.regs[A0 + i]
    finish(world, hart, event, kind)


@hot_entry
def is_all_told(world, h):
    """Return whether hart `h` has paid nothing since the kernel took over that no event tells."""
    hart, task = world.hart[h], world.task[h]
    left = 0
    for cost in range(COSTS):
        left += hart.cost[cost] - task.told[cost] - task.own[cost]
    return left == 0


@hot_entry
def create_space(world, h, pid):
    """Return the index of a new address space for process `pid`, or NO_SPACE."""
    index = address_space.create(world, world.hart[h])
    if index != NO_SPACE:
        world.space[index].pid = pid
    return index


@hot_entry
def leave_space(world, h, index):
    """Drop one user of space `index`; return whether it was the last: then `settle` and `free_space` come next."""
    return address_space.leave(world, world.hart[h], world.space[index])


@hot_entry
def free_space(world, h, index):
    """Give back all that space `index`, which nobody uses, still holds."""
    address_space.free(world, world.hart[h], world.space[index])


@hot_entry
def share_space(world, index):
    """Count one more user of space `index` (CLONE_VM)."""
    world.space[index].users += 1


@hot_entry
def set_break(world, index, top):
    """Let the heap of space `index` begin, empty, on the first page after `top`."""
    space = world.space[index]
    space.brk_start = page_up(top)
    space.brk = space.brk_start


@hot_entry
def enter_space(world, h, index):
    """Let hart `h` translate in space `index`."""
    asids.enter(world, world.hart[h], index)


@hot_entry
def begin_change(world, h, index):
    """Let hart `h` wait until nobody else works on space `index`, whose regions it is about to change."""
    lock.begin_change(world, world.hart[h], world.space[index])


@hot_entry
def end_change(world, h, index, start, end):
    """Let hart `h` have changed the regions of space `index` from `start` to `end`."""
    lock.end_change(world, world.hart[h], world.space[index], start, end)


@hot_entry
def end_reading(world, h, index):
    """Let hart `h` have done with space `index` what changes no regions."""
    lock.end_reading(world, world.hart[h], world.space[index])


@hot_entry
def begin_fork(world, h):
    """Begin the event of a fork; `fork_regions` and `finish_fork` come next."""
    event = begin(world, world.hart[h])
    event.pages = -world.hart[h].count[Counter.FORK_WRITE_PROTECTED]
    event.tables = -world.hart[h].count[Counter.FORK_TABLES_SHARED]


@hot_entry
def fork_regions(world, h, parent, child, first, last, stack_pointer):
    """Make space `child` show the regions `first` to `last` - 1 of `parent`; return whether memory sufficed."""
    source, target = world.space[parent], world.space[child]
    return fork.copy_regions(world, world.hart[h], source, target, first, last, stack_pointer)


@hot_entry
def finish_fork(world, h, parent, child, done):
    """Record the fork that `begin_fork` began, which succeeded if `done`."""
    hart = world.hart[h]
    event = world.log.event[world.log.events]
    world.space[child].brk_start, world.space[child].brk = world.space[parent].brk_start, world.space[parent].brk
    event.pages += hart.count[Counter.FORK_WRITE_PROTECTED]
    event.tables += hart.count[Counter.FORK_TABLES_SHARED]
    event.value = world.space[child].pid
    finish(world, hart, event, Event.FORK)
    hart.count[Counter.FORK_COUNT] += done


@hot_entry
def add_region(world, index, start, end, prot, kind, backing, target):
    """Add a region to a free range of space `index`, backed by what is at `target`; return whether it had room."""
    space = world.space[index]
    return address_space.add_region(world, space, start, end, prot, kind, backing, target)


@hot_entry
def map_new_page(world, h, index, va, bits):
    """Map a new frame of zeros at `va` with the rights `bits`; return the frame, or NONE when memory is out."""
    hart = world.hart[h]
    because_of(world, FrameUse.LOAD, va, world.space[index].pid)
    frame = take_cleared(world, hart)
    if frame != NONE and not address_space.map_frame(world, hart, world.space[index], va, frame, bits):
        because(world, FrameUse.VAIN, va)
        give(world, hart, frame)
        return NONE
    return frame


@hot_entry
def map_page(world, h, index, va, frame, bits):
    """Map `frame` once more, at `va` with the rights `bits`; return whether memory sufficed for the tables."""
    done = address_space.map_frame(world, world.hart[h], world.space[index], va, frame, bits)
    if done:
        because_of(world, FrameUse.PROGRAM, va, world.space[index].pid)
        share(world, world.hart[h], frame)
    return done


@hot_entry
def new_frame(world, h):
    """Return a frame of zeros with one reference, or NONE."""
    because(world, FrameUse.PROGRAM, 0)
    return take_cleared(world, world.hart[h])


@hot_entry
def drop_frame(world, h, frame):
    """Drop one reference to `frame`."""
    because(world, FrameUse.PROGRAM, 0)
    give(world, world.hart[h], frame)


@hot_entry
def pin_frame(world, h, frame, va):
    """Count one more reference to `frame`, that of a pipe which the page at `va` was lent to."""
    because(world, FrameUse.PIN, va)
    share(world, world.hart[h], frame)


@hot_entry
def unpin_frame(world, h, frame, va):
    """Drop it."""
    because(world, FrameUse.PIN, va)
    give(world, world.hart[h], frame)


@hot_entry
def cuts_huge(world, h, index, va):
    """Return whether `va` lies within a huge page of space `index`, not at its beginning."""
    return va != huge_of(va) and huge_place(world, world.hart[h], world.space[index].root, va) != ABSENT


@hot_entry
def begin_split(world, h, index, va):
    """Begin to split the huge page of space `index` that `va` is in; `settle` and `finish_split` come next."""
    split.begin_split(world, world.hart[h], world.space[index], va)


@hot_entry
def finish_split(world, h, index, va):
    """Let small pages stand where that huge page was."""
    split.finish_split(world, world.hart[h], world.space[index], va)


@hot_entry
def has_huge(world, wanted):
    """Return whether there are `wanted` times 512 free frames in a row."""
    return huge_frames.has_huge(world, wanted)


@hot_entry
def mapped_by(world, h, index, va):
    """Return what maps the 2 MiB of space `index` that begin at `va`: 0 nothing, 1 small pages, 2 a huge one."""
    return collapse.mapped_by(world, world.hart[h], world.space[index], va)


@hot_entry
def begin_collapse(world, h, index, va):
    """Begin to make a huge page of small ones; return its first frame or NONE; then `settle`, `finish_collapse`."""
    return collapse.begin_collapse(world, world.hart[h], world.space[index], va)


@hot_entry
def finish_collapse(world, h, index, va, head):
    """Let the huge page that begins at frame `head` stand where the small ones were."""
    collapse.finish_collapse(world, world.hart[h], world.space[index], va, head)


@hot_entry
def split_range(world, index, start, end):
    """Let region boundaries of space `index` fall on `start` and `end`; return whether there was room."""
    return address_space.split_range(world, world.space[index], start, end)


@hot_entry
def next_shared(world, h, index, start, end):
    """Return the first address from `start` on whose page table is not space `index`'s alone, or `end`."""
    return shared_tables.next_shared(world, world.hart[h], world.space[index], start, end)


@hot_entry
def begin_own(world, h, index, va):
    """Begin to let space `index` have the table of `va` for itself; return whether memory sufficed.

    `settle` and `finish_own` come next.
    """
    return shared_tables.begin_own(world, world.hart[h], world.space[index], va)


@hot_entry
def finish_own(world, h, index, va):
    """Let the table that is its own stand where the shared one was."""
    shared_tables.finish_own(world, world.hart[h], world.space[index], va)


@hot_entry
def begin_unmap(world, h, index, start, end, cause, low):
    """Clear and flush the PTEs from `start` to `end` of space `index`, with tables of what goes from `low` on.

    `settle` and `drop_pages` come next.
    """
    space = world.space[index]
    unmapping.begin_unmap(world, world.hart[h], space, start, end, cause, low)


@hot_entry
def drop_pages(world, h, index, start, end, low):
    """Drop the frames of the pages that `begin_unmap` cleared, and the tables that it unlinked."""
    space = world.space[index]
    unmapping.drop_pages(world, world.hart[h], space, start, end, low)


@hot_entry
def hold_range(world, h, index, start, end):
    """Unmap `start` to `end` of space `index`, at region boundaries; hold what other harts may have in their TLBs."""
    held.hold_range(world, world.hart[h], world.space[index], start, end)


@hot_entry
def pages_at_once(world):
    """Return how many pages unmapping flushes at once; 0: the whole range."""
    return hooks.pages_at_once(world)


@hot_entry
def regions_at_once(world):
    """Return how many regions fork flushes at once; 0: all. A table that is shared may be of several."""
    return 0 if world.policy.fork_mode == ForkMode.SHARED_TABLES else hooks.regions_at_once(world)


@hot_entry
def postpones(world):
    """Return whether munmap may be postponed."""
    return hooks.postpones(world)


@hot_entry
def postpones_writable(world):
    """Return whether that goes for pages, too, that may be written to."""
    return hooks.postpones_writable(world)


@hot_entry
def ends_at_fork(world):
    """Return whether harts have to catch up with what is postponed before a fork."""
    return hooks.ends_at_fork(world)


@hot_entry
def must_hurry(world, h, index):
    """Return whether there is no place to hold another range of space `index`, or no point in holding more."""
    return not has_place(world) or hooks.is_enough(world, world.hart[h], index) != 0


@hot_entry
def begin_hurry(world, h, index):
    """Let harts catch up with what is held of space `index`, or of ANY; `settle` and `give_back` come next."""
    hurry.begin_hurry(world, world.hart[h], index)


@hot_entry
def is_held(world, index, start, end):
    """Return whether any byte of `start` to `end` in space `index` is unmapped but not yet given back."""
    return regions.is_held(world, world.space[index], start, end)


@hot_entry
def give_back(world, h):
    """Give back what no hart has in its TLBs any more."""
    held.give_back(world, world.hart[h])


@hot_entry
def remove_regions(world, h, index, start, end):
    """Take out the regions from `start` to `end`, whose pages are gone."""
    space = world.space[index]
    address_space.remove_regions(world, world.hart[h], space, start, end)


@hot_entry
def protect_range(world, h, index, start, end, prot):
    """Let `start` to `end` allow `prot`; return whether there was room for the regions; `settle` comes next."""
    space = world.space[index]
    return address_space.protect_range(world, world.hart[h], space, start, end, prot)


@hot_entry
def is_free(world, index, start, end):
    """Return whether no region of space `index` has a byte in `start` to `end`."""
    return address_space.is_free(world, world.space[index], start, end)


@hot_entry
def change_traits(world, index, start, end, put, take):
    """Let the regions from `start` to `end` have the traits `put` and not `take`; return whether there was room."""
    return address_space.change_traits(world, world.space[index], start, end, put, take)


@hot_entry
def find_gap(world, index, length, top):
    """Return the highest start of `length` free bytes below `top` in space `index`, or 0."""
    return address_space.find_gap(world, world.space[index], length, top)


@hot_entry
def find_pte(world, root, va):
    """Return the PTE of `va` under the table at `root`, 0 where there is none."""
    pte, _ = find_leaf(world, world.hart[0], root, va)
    return pte


@hot_entry
def forget_code(world):
    """Let instructions be decoded anew: memory was changed from outside."""
    forget_all_decoded(world)
    for h in range(world.chip.harts):
        world.hart[h].fetch_line = NO_LINE


@hot_entry
def find_place(world, root, va):
    """Return the place in memory of `va` under the table at `root`, 0 where no PTE maps its page; change nothing."""
    hart = world.hart[0]
    pte, frame = find_leaf(world, hart, root, va)
    return address_of(frame) + offset_of(va) if maps(hart, pte) else 0


@hot_entry
def idle_until(world, h, cycle):
    """Let hart `h` do nothing until `cycle`, if it is not that late already."""
    hart = world.hart[h]
    if hart.clock < cycle:
        book(hart, Cost.IDLE, cycle - hart.clock)


@hot_entry
def begin_barrier(world, h, index):
    """Interrupt the other harts that run in space `index` (membarrier); `settle` comes next."""
    tell_runners(world, world.hart[h], world.space[index])
