"""The doors from Python into the compiled kernel: every entry takes the `World` and a hart's number first."""

from emulator.base.bits import page_up
from emulator.base.jit import hot_entry
from emulator.base.names import Cost, Counter, Event, Price, Trap
from emulator.hardware.access import touch_data
from emulator.hardware.accounts import book
from emulator.hardware.execute import run
from emulator.hardware.memory import handle
from emulator.hardware.mmu import NO_LINE, translate
from emulator.kernel import address_space, fork
from emulator.kernel.events import begin, finish, has_room
from emulator.kernel.fault import take_trap
from emulator.kernel.frames import NONE, give, take_cleared

REFUSED = -1
FULL = -2


@hot_entry
def drive(world, h, limit, deadline):
    """Run hart `h` until a trap that needs Python, `limit` instructions, `deadline` cycles, or a full event buffer.

    Faults that the kernel can resolve are resolved here, without leaving compiled code. Return the `Trap`;
    `Trap.FAULT` is a fault that ends in a signal, its event the last of the buffer.
    """
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    hart, chip, kernel = harts[h], chips[0], kernels[0]
    end = hart.count[Counter.INSTRUCTIONS] + limit
    resumed = False
    while has_room(kernel) and hart.count[Counter.INSTRUCTIONS] < end and hart.clock < deadline:
        hart.walk_reads = 0
        steps = 1 if resumed else end - hart.count[Counter.INSTRUCTIONS]
        trap = run(hart, chip, memory, steps, deadline)
        if resumed and trap != Trap.FAULT:
            event = kernel.event[kernel.events - 1]
            event.restart_found, event.restart_reads = hart.fault_found, hart.walk_reads
        resumed = False
        if trap == Trap.FAULT:
            outcome = take_trap(kernel, chip, hart, memory, frames)
            if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY:
                return Trap.FAULT
            resumed = kernel.recording == 1
        elif trap != Trap.NONE:
            return trap
    return Trap.NONE


@hot_entry
def reach_user(world, h, va, size, access):
    """Return the place of `size` bytes of user memory at `va`, all on one page; or REFUSED; or FULL: empty the events.

    The kernel's own access takes the fault road just as the program's would (F66), in the space that the hart is in.
    """
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    hart, chip, kernel = harts[h], chips[0], kernels[0]
    kernel.usercopy = 1
    place = FULL
    while has_room(kernel):
        place = translate(hart, chip, memory, va, access)
        hart.count[Counter.TLB_L1D_ACCESSES] += place >= 0
        if place >= 0:
            hart.count[Counter.CACHE_L1D_HITS] += 1
            touch_data(hart, chip, place, size)
            break
        outcome = take_trap(kernel, chip, hart, memory, frames)
        if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY:
            place = REFUSED
            break
    kernel.usercopy = 0
    return place


@hot_entry
def pay(world, h, cost, price):
    """Book the profile's `price` under `cost`."""
    harts, chips, _, _, _ = world
    book(harts[h], cost, chips[0].price[price])


@hot_entry
def enter_call(world, h):
    """Retire the ECALL that hart `h` stands at and enter the kernel for it."""
    harts, chips, _, _, _ = world
    hart, chip = harts[h], chips[0]
    hart.pc += 4
    hart.fetch_line = NO_LINE
    hart.count[Counter.INSTRUCTIONS] += 1
    hart.count[Counter.SYSCALL_TOTAL] += 1
    book(hart, Cost.BASE, chip.price[Price.BASE])
    book(hart, Cost.TRAP_ENTRY, chip.price[Price.CALL_ENTRY])
    book(hart, Cost.KERNEL_SYSCALL, chip.price[Price.SYSCALL])


@hot_entry
def note(world, h, kind, pc, va, pages, value):
    """Record an event of `kind` that took no time of its own."""
    harts, _, kernels, _, _ = world
    event = begin(kernels[0], harts[h])
    event.pc, event.va, event.pages, event.value = pc, va, pages, value
    finish(kernels[0], harts[h], event, kind)


@hot_entry
def create_space(world, h, pid):
    """Return the index of a new address space for process `pid`, or `address_space.NO_SPACE`."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    index = address_space.create(kernels[0], chips[0], harts[h], memory, frames)
    if index != address_space.NO_SPACE:
        kernels[0].space[index].pid = pid
    return index


@hot_entry
def destroy_space(world, h, index):
    """Drop one user of space `index`, and all it holds with the last one."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    address_space.destroy(kernels[0], chips[0], harts[h], kernels[0].space[index], memory, frames)


@hot_entry
def share_space(world, index):
    """Count one more user of space `index` (CLONE_VM)."""
    world[2][0].space[index].users += 1


@hot_entry
def set_break(world, index, top):
    """Let the heap of space `index` begin, empty, on the first page after `top`."""
    space = world[2][0].space[index]
    space.brk_start = page_up(top)
    space.brk = space.brk_start


@hot_entry
def enter_space(world, h, index):
    """Let hart `h` translate in space `index`."""
    harts, chips, kernels, _, _ = world
    address_space.enter(kernels[0], chips[0], harts[h], index)


@hot_entry
def fork_space(world, h, parent, child, stack_pointer):
    """Make space `child` show what `parent` does; record it; return whether memory sufficed."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    hart, kernel = harts[h], kernels[0]
    event = begin(kernel, hart)
    protected = hart.count[Counter.FORK_WRITE_PROTECTED]
    done = fork.copy_space(
        kernel, chips[0], hart, kernel.space[parent], kernel.space[child], memory, frames, stack_pointer
    )
    event.pages = hart.count[Counter.FORK_WRITE_PROTECTED] - protected
    event.value = kernel.space[child].pid
    finish(kernel, hart, event, Event.FORK)
    hart.count[Counter.FORK_COUNT] += done
    return done


@hot_entry
def add_region(world, index, start, end, prot, shared, kind, target):
    """Add a region to a free range of space `index`; `target`: a shared object or 0; return whether there was room."""
    space = world[2][0].space[index]
    return address_space.add_region(space, start, end, prot, shared, kind, target, 0)


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
def unmap_range(world, h, index, start, end):
    """Unmap `start` to `end` of space `index`; return whether there was room for the regions that remain."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    space = kernels[0].space[index]
    return address_space.remove_range(kernels[0], chips[0], harts[h], space, memory, frames, start, end)


@hot_entry
def protect_range(world, h, index, start, end, prot):
    """Let `start` to `end` allow `prot`; return whether there was room for the regions that it makes."""
    harts, chips, kernels, words, frames = world
    memory = handle(words)
    space = kernels[0].space[index]
    return address_space.protect_range(kernels[0], chips[0], harts[h], space, memory, frames, start, end, prot)


@hot_entry
def is_free(world, index, start, end):
    """Return whether no region of space `index` has a byte in `start` to `end`."""
    return address_space.is_free(world[2][0].space[index], start, end)


@hot_entry
def is_mapped(world, index, start, end):
    """Return whether regions of space `index` cover `start` to `end` without a hole."""
    return address_space.is_mapped(world[2][0].space[index], start, end)


@hot_entry
def find_gap(world, index, length, top):
    """Return the highest start of `length` free bytes below `top` in space `index`, or 0."""
    return address_space.find_gap(world[2][0].space[index], length, top)
