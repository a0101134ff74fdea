"""The doors from Python into the compiled kernel: every entry takes the `World` and a hart's number first."""

from emulator.base.bits import page_up
from emulator.base.jit import hot_entry
from emulator.base.names import Cost, Counter, Event, Price
from emulator.hardware.access import NOTHING, touch_data
from emulator.hardware.accounts import book
from emulator.hardware.memory import handle, read_word
from emulator.hardware.mmu import NO_LINE, STALE_USE, translate
from emulator.hardware.state import NO_SPACE
from emulator.kernel import address_space, asids, fork, held, regions
from emulator.kernel.events import COSTS, begin, begin_at_entry, finish, take_over
from emulator.kernel.frames import NONE, give, take_cleared
from emulator.kernel.invalidation import hurry
from emulator.kernel.invalidation.batch import BATCH_PAGES
from emulator.kernel.invalidation.ipi import tell_runners
from emulator.kernel.invalidation.postponed import has_place, pages_held
from emulator.kernel.invalidation.stale import forget_passes, judge
from emulator.kernel.page_table import ABSENT, leaf_place

REFUSED = -1
A0, ARGUMENTS = 10, 6


@hot_entry
def reach_user(world, h, va, size, access):
    """Return the place of `size` bytes of user memory at `va`, all on one page, or REFUSED: `drive` may resolve that.

    The kernel's own access takes the fault road just as the program's would (F66), in the space that the hart is in.
    """
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    hart, chip = harts[h], chips[0]
    place = translate(hart, chip, memory, va, access)
    if place == -STALE_USE:
        judge(kernels[0], hart, frames)
        place = translate(hart, chip, memory, va, access)
        forget_passes(hart)
    if place < 0:
        return REFUSED
    hart.count[Counter.TLB_L1D_ACCESSES] += 1
    hart.count[Counter.CACHE_L1D_HITS] += 1
    touch_data(hart, chip, place, size)
    return place


@hot_entry
def pay(world, h, cost, price):
    """Book the profile's `price` under `cost`."""
    harts, chips, _, _, _ = world
    book(harts[h], cost, chips[0].price[price])


@hot_entry
def enter_call(world, h):
    """Retire the ECALL that hart `h` stands at and enter the kernel for it."""
    harts, chips, kernels, _, _ = world
    hart, chip = harts[h], chips[0]
    take_over(kernels[0], hart)
    hart.pc += 4
    hart.reservation = NOTHING  # the return from a trap ends it (F71)
    hart.fetch_line = NO_LINE
    hart.count[Counter.INSTRUCTIONS] += 1
    hart.count[Counter.SYSCALL_TOTAL] += 1
    book(hart, Cost.BASE, chip.price[Price.BASE])
    book(hart, Cost.TRAP_ENTRY, chip.price[Price.CALL_ENTRY])
    book(hart, Cost.KERNEL_SYSCALL, chip.price[Price.SYSCALL])


@hot_entry
def begin_work(world, h):
    """Let the kernel begin to work on hart `h`: the next `note` tells what it costs from here on."""
    harts, _, kernels, _, _ = world
    take_over(kernels[0], harts[h])


@hot_entry
def note(world, h, kind, pc, va, pages, value):
    """Record an event of `kind`, with what the kernel did on hart `h` since it took over and no event has told yet."""
    harts, _, kernels, _, _ = world
    hart, kernel = harts[h], kernels[0]
    event = begin_at_entry(kernel, hart)
    event.pc, event.va, event.pages, event.value = pc, va, pages, value
    if kind == Event.SYSCALL or kind == Event.WAIT:
        for i in range(ARGUMENTS):
            event.arguments[i] = hart.regs[A0 + i]
    finish(kernel, hart, event, kind)


@hot_entry
def is_all_told(world, h):
    """Return whether hart `h` has paid nothing since the kernel took over that no event tells."""
    harts, _, _, _, _ = world
    hart = harts[h]
    left = 0
    for cost in range(COSTS):
        left += hart.cost[cost] - hart.told[cost] - hart.own[cost]
    return left == 0


@hot_entry
def create_space(world, h, pid):
    """Return the index of a new address space for process `pid`, or NO_SPACE."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    index = address_space.create(kernels[0], chips[0], harts[h], memory, frames)
    if index != NO_SPACE:
        kernels[0].space[index].pid = pid
    return index


@hot_entry
def leave_space(world, h, index):
    """Drop one user of space `index`; return whether it was the last: then `settle` and `free_space` come next."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    return address_space.leave(kernels[0], chips[0], harts[h], kernels[0].space[index], memory, frames)


@hot_entry
def free_space(world, h, index):
    """Give back all that space `index`, which nobody uses, still holds."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    address_space.free(kernels[0], chips[0], harts[h], kernels[0].space[index], memory, frames)


@hot_entry
def share_space(world, index):
    """Count one more user of space `index` (CLONE_VM)."""
    _, _, kernels, _, _ = world
    kernels[0].space[index].users += 1


@hot_entry
def set_break(world, index, top):
    """Let the heap of space `index` begin, empty, on the first page after `top`."""
    _, _, kernels, _, _ = world
    space = kernels[0].space[index]
    space.brk_start = page_up(top)
    space.brk = space.brk_start


@hot_entry
def enter_space(world, h, index):
    """Let hart `h` translate in space `index`."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    asids.enter(kernels[0], chips[0], harts[h], memory, frames, index)


@hot_entry
def begin_fork(world, h):
    """Begin the event of a fork; `fork_regions` and `finish_fork` come next."""
    harts, _, kernels, _, _ = world
    event = begin(kernels[0], harts[h])
    event.pages = -harts[h].count[Counter.FORK_WRITE_PROTECTED]


@hot_entry
def fork_regions(world, h, parent, child, first, last, stack_pointer):
    """Make space `child` show the regions `first` to `last` - 1 of `parent`; return whether memory sufficed."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    kernel = kernels[0]
    source, target = kernel.space[parent], kernel.space[child]
    return fork.copy_regions(kernel, chips[0], harts[h], source, target, memory, frames, first, last, stack_pointer)


@hot_entry
def finish_fork(world, h, parent, child, done):
    """Record the fork that `begin_fork` began, which succeeded if `done`."""
    harts, _, kernels, _, _ = world
    hart, kernel = harts[h], kernels[0]
    event = kernel.event[kernel.events]
    kernel.space[child].brk_start, kernel.space[child].brk = kernel.space[parent].brk_start, kernel.space[parent].brk
    event.pages += hart.count[Counter.FORK_WRITE_PROTECTED]
    event.value = kernel.space[child].pid
    finish(kernel, hart, event, Event.FORK)
    hart.count[Counter.FORK_COUNT] += done


@hot_entry
def add_region(world, index, start, end, prot, kind, backing, target):
    """Add a region to a free range of space `index`, backed by what is at `target`; return whether it had room."""
    _, _, kernels, _, _ = world
    space = kernels[0].space[index]
    return address_space.add_region(kernels[0], space, start, end, prot, kind, backing, target)


@hot_entry
def map_new_page(world, h, index, va, bits):
    """Map a new frame of zeros at `va` with PTE flags `bits`; return the frame, or NONE when memory is out."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    hart, chip, kernel = harts[h], chips[0], kernels[0]
    frame = take_cleared(kernel, chip, hart, memory, frames)
    if frame != NONE and not address_space.map_frame(
        kernel, chip, hart, kernel.space[index], memory, frames, va, frame, bits
    ):
        give(kernel, chip, hart, frames, frame)
        return NONE
    return frame


@hot_entry
def map_page(world, h, index, va, frame, bits):
    """Map `frame` once more, at `va` with PTE flags `bits`; return whether memory sufficed for the tables."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    kernel = kernels[0]
    done = address_space.map_frame(kernel, chips[0], harts[h], kernel.space[index], memory, frames, va, frame, bits)
    frames[frame].refs += done
    return done


@hot_entry
def new_frame(world, h):
    """Return a frame of zeros with one reference, or NONE."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    return take_cleared(kernels[0], chips[0], harts[h], memory, frames)


@hot_entry
def drop_frame(world, h, frame):
    """Drop one reference to `frame`."""
    harts, chips, kernels, _, frames = world
    give(kernels[0], chips[0], harts[h], frames, frame)


@hot_entry
def split_range(world, index, start, end):
    """Let region boundaries of space `index` fall on `start` and `end`; return whether there was room."""
    _, _, kernels, _, frames = world
    return address_space.split_range(kernels[0], kernels[0].space[index], frames, start, end)


@hot_entry
def begin_unmap(world, h, index, start, end, cause):
    """Clear and flush the PTEs from `start` to `end` of space `index`; `settle` and `drop_pages` come next."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    space = kernels[0].space[index]
    address_space.begin_unmap(kernels[0], chips[0], harts[h], space, memory, frames, start, end, cause)


@hot_entry
def drop_pages(world, h, index, start, end):
    """Drop the frames of the pages that `begin_unmap` cleared."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    space = kernels[0].space[index]
    address_space.drop_frames(kernels[0], chips[0], harts[h], space, memory, frames, start, end)


@hot_entry
def hold_range(world, h, index, start, end):
    """Unmap `start` to `end` of space `index`, at region boundaries; hold what other harts may have in their TLBs."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    held.hold_range(kernels[0], chips[0], harts[h], kernels[0].space[index], memory, frames, start, end)


@hot_entry
def must_hurry(world, h, index):
    """Return whether there is no place to hold another range of space `index`, or no point in holding more (batch)."""
    harts, _, kernels, _, _ = world
    kernel = kernels[0]
    return not has_place(kernel, harts[h]) or (kernel.batch == 1 and pages_held(kernel, index) >= BATCH_PAGES)


@hot_entry
def begin_hurry(world, h, index):
    """Let harts catch up with what is held of space `index`, or of ANY; `settle` and `give_back` come next."""
    harts, chips, kernels, _, _ = world
    hurry.begin_hurry(kernels[0], chips[0], harts[h], index)


@hot_entry
def is_held(world, index, start, end):
    """Return whether any byte of `start` to `end` in space `index` is unmapped but not yet given back."""
    _, _, kernels, _, _ = world
    return regions.is_held(kernels[0], kernels[0].space[index], start, end)


@hot_entry
def give_back(world, h):
    """Give back what no hart has in its TLBs any more."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    held.give_back(kernels[0], chips[0], harts[h], memory, frames)


@hot_entry
def remove_regions(world, h, index, start, end):
    """Take out the regions from `start` to `end`, whose pages are gone."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    space = kernels[0].space[index]
    address_space.remove_regions(kernels[0], chips[0], harts[h], space, memory, frames, start, end)


@hot_entry
def protect_range(world, h, index, start, end, prot):
    """Let `start` to `end` allow `prot`; return whether there was room for the regions; `settle` comes next."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    space = kernels[0].space[index]
    return address_space.protect_range(kernels[0], chips[0], harts[h], space, memory, frames, start, end, prot)


@hot_entry
def is_free(world, index, start, end):
    """Return whether no region of space `index` has a byte in `start` to `end`."""
    _, _, kernels, _, _ = world
    return address_space.is_free(kernels[0], kernels[0].space[index], start, end)


@hot_entry
def change_traits(world, index, start, end, put, take):
    """Let the regions from `start` to `end` have the traits `put` and not `take`; return whether there was room."""
    _, _, kernels, _, frames = world
    return address_space.change_traits(kernels[0], kernels[0].space[index], frames, start, end, put, take)


@hot_entry
def find_gap(world, index, length, top):
    """Return the highest start of `length` free bytes below `top` in space `index`, or 0."""
    _, _, kernels, _, _ = world
    return address_space.find_gap(kernels[0], kernels[0].space[index], length, top)


@hot_entry
def find_pte(world, root, va):
    """Return the PTE of `va` under the table at `root`, 0 where there is none."""
    _, chips, _, words, _ = world
    memory = handle(words)
    place = leaf_place(memory, root, chips[0].hart[0].levels, va)
    return 0 if place == ABSENT else read_word(memory, place)


@hot_entry
def idle_until(world, h, cycle):
    """Let hart `h` do nothing until `cycle`, if it is not that late already."""
    harts, _, _, _, _ = world
    hart = harts[h]
    if hart.clock < cycle:
        book(hart, Cost.IDLE, cycle - hart.clock)


@hot_entry
def begin_barrier(world, h, index):
    """Interrupt the other harts that run in space `index` (membarrier); `settle` comes next."""
    _, chips, kernels, _, _ = world
    tell_runners(kernels[0], chips[0], chips[0].hart[h], kernels[0].space[index])
