"""The doors from Python into the compiled kernel: every entry takes the `World` and a hart's number first."""

from emulator.base.bits import address_of, offset_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, hot_entry
from emulator.base.names import Access, Cost, Counter, Event, Price
from emulator.hardware.access import NOTHING, touch_data
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import holds_tables, look_at_bytes
from emulator.hardware.decode import forget_all_decoded
from emulator.hardware.translation.mmu import STALE_USE, translate
from emulator.kernel.invalidation.judge import forget_passes, judge, judge_walk
from emulator.kernel.invalidation.tell import tell_runners
from emulator.kernel.memory.frame_log import because, because_of
from emulator.kernel.memory.frames import NONE, give, share, take_cleared
from emulator.kernel.memory.mistakes import ignores_w
from emulator.kernel.memory.page_table import find_leaf, maps
from emulator.kernel.steps import address_space
from emulator.kernel.steps.events import begin_at_entry, finish, is_all_told, take_over
from emulator.world.hart import NO_LINE

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
def leave_call(world, h, number, value, pc):
    """Return from system call `number` on hart `h`; its event is at `pc` and says `value`."""
    book(world.hart[h], Cost.TRAP_RETURN, world.chip.price[Price.CALL_RETURN])
    _note(world, world.hart[h], Event.SYSCALL, pc, 0, number, value)


@hot_entry
def switch(world, h, ready_at, to_another):
    """Let the kernel give hart `h` to a thread that is ready since cycle `ready_at`; is that `to_another` one?"""
    hart = world.hart[h]
    take_over(world, hart)
    _idle_until(hart, ready_at)
    if to_another:
        hart.count[Counter.CONTEXT_SWITCHES] += 1
        book(hart, Cost.KERNEL_SWITCH, world.chip.price[Price.SWITCH])


@hot_entry
def begin_work(world, h):
    """Let the kernel begin to work on hart `h`: the next `note` tells what it costs from here on."""
    take_over(world, world.hart[h])


@hot_entry
def note(world, h, kind, pc, va, pages, value):
    """Record an event of `kind`, with what the kernel did on hart `h` since it took over and no event has told yet.

    Of a wait or a switch that took no time there is none.
    """
    hart = world.hart[h]
    if (kind == Event.WAIT or kind == Event.SWITCH) and is_all_told(world, hart):
        return
    _note(world, hart, kind, pc, va, pages, value)


@hot
def _note(world, hart, kind, pc, va, pages, value):
    event = begin_at_entry(world, hart)
    event.pc, event.va, event.pages, event.value = pc, va, pages, value
    if kind == Event.SYSCALL or kind == Event.WAIT:
        for i in range(ARGUMENTS):
            event.arguments[i] = hart.regs[A0 + i]
    finish(world, hart, event, kind)


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
    _idle_until(world.hart[h], cycle)


@hot
def _idle_until(hart, cycle):
    if hart.clock < cycle:
        book(hart, Cost.IDLE, cycle - hart.clock)


@hot_entry
def begin_barrier(world, h, index):
    """Interrupt the other harts that run in space `index` (membarrier); `settle` comes next."""
    tell_runners(world, world.hart[h], world.space[index])
