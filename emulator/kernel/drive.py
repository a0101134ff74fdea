"""The door through which harts run: all compiled code that runs them, or waits for others to run, is behind it."""

from emulator.base.jit import hot, hot_entry
from emulator.base.names import Counter, Event, Trap
from emulator.hardware.access import NOTHING
from emulator.hardware.memory import handle
from emulator.hardware.turns import FAR, NOBODY, Schedule, all_past, leave_turn, next_turn, turn_ends, turn_length
from emulator.kernel import held
from emulator.kernel.events import has_room
from emulator.kernel.fault import populate, take_trap
from emulator.kernel.invalidation import settle
from emulator.kernel.invalidation.ipi import carry_out_owed
from emulator.kernel.invalidation.stretch import run_stretch

LOOP_LENGTH = 16  # instructions that a loop of LR and SC may have, for it to succeed at last (RISC-V manual, "A")
RUN, RESOLVE, SETTLE, POPULATE = 0, 1, 2, 3  # commands


@hot_entry
def drive(world, command, h, limit):
    """Let harts run, or let hart `h` finish what needs other harts to run: all that does so is compiled here, once.

    RUN      busy harts take turns until one has a trap that needs Python or has come to the end of its time slice,
             until `limit` instructions, until a sleeping thread is due, or until a buffer is full. `kernel.turn` is the
             hart that ran last. Faults that the kernel can resolve are resolved here; `Trap.FAULT` is one that ends in
             a signal, its event the last.
    RESOLVE  deal with the refused access that hart `h` has made for the kernel; `Trap.FAULT` if that cannot be done
    SETTLE   let the harts that `h` has told of an invalidation answer
    POPULATE let `limit` pages from its `fault_va` on grant its `fault_access`: it ends at the page after the last one
             done. `Trap.FAULT`: that one cannot be

    Return the `Trap`.
    """
    _, chips, kernels, words, frames = world
    memory = handle(words)
    chip, kernel = chips[0], kernels[0]
    if command == SETTLE:
        settle(kernel, chip, chip.hart[h], memory, frames)
        return Trap.NONE
    if command == POPULATE:
        outcome = populate(kernel, chip, chip.hart[h], memory, frames, limit)
        return Trap.FAULT if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY else Trap.NONE
    if command == RESOLVE:
        outcome = take_trap(kernel, chip, chip.hart[h], memory, frames)
        return Trap.FAULT if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY else Trap.NONE
    while has_room(kernel) and limit > 0:
        if chip.turn == NOBODY:
            if kernel.wake_at < FAR and all_past(chip, kernel.wake_at):
                break
            chip.turn = next_turn(chip)
            if chip.turn == NOBODY:
                break
            chip.turn_left = turn_length(chip)
        kernel.turn = chip.turn
        hart = chip.hart[chip.turn]
        before = hart.count[Counter.INSTRUCTIONS]
        trap = take_turn(kernel, chip, hart, memory, frames, limit)
        limit -= hart.count[Counter.INSTRUCTIONS] - before
        if trap != Trap.NONE:
            return trap
        if hart.clock >= hart.slice_ends:
            break
    return Trap.NONE


@hot
def take_turn(kernel, chip, hart, memory, frames, limit):
    """Run the hart whose turn it is, for up to `limit` instructions; return the `Trap` that needs Python.

    The turn ends with such a trap, at its deadline, or after `chip.turn_left` instructions. Where `limit` or a full
    buffer cuts it, it goes on next time as if it had not been: where a run is cut makes no difference to it.
    """
    before = hart.count[Counter.INSTRUCTIONS]
    cut = limit < chip.turn_left
    end = before + min(limit, chip.turn_left)
    deadline = min(turn_ends(chip), hart.slice_ends)
    if kernel.tick > 0:
        if hart.clock >= hart.next_tick:
            held.tick(kernel, chip, hart, memory, frames)
        if chip.schedule == Schedule.TIME:
            deadline = min(deadline, hart.next_tick)
    if hart.clock < kernel.wake_at and chip.schedule == Schedule.TIME:
        deadline = min(deadline, kernel.wake_at)
    resumed, trap = False, Trap.NONE
    while (resumed or has_room(kernel)) and hart.count[Counter.INSTRUCTIONS] < end and hart.clock < deadline:
        hart.walk_reads = 0
        steps = 1 if resumed else end - hart.count[Counter.INSTRUCTIONS]
        trap = hart.trap  # one that it took while another hart's kernel was at work
        if trap == Trap.NONE:
            hart.cut = cut and not resumed
            trap = run_stretch(kernel, chip, hart, memory, frames, steps, deadline)
            hart.cut = 0
        hart.trap = Trap.NONE
        if resumed and trap != Trap.FAULT:
            event = kernel.event[kernel.events - 1]
            event.restart_found, event.restart_reads = hart.fault_found, hart.walk_reads
        resumed = False
        if trap == Trap.FAULT:
            outcome = take_trap(kernel, chip, hart, memory, frames)
            if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY:
                break
            resumed = kernel.recording == 1
            trap = Trap.NONE
        elif trap != Trap.NONE:
            break
    chip.turn_left -= hart.count[Counter.INSTRUCTIONS] - before
    if trap == Trap.NONE and chip.turn_left > 0 and hart.clock < deadline:
        return trap
    chip.turn = NOBODY
    if chip.busy > 1:
        if hart.reservation != NOTHING and trap == Trap.NONE and chip.schedule != Schedule.STEPS:
            hart.trap = run_stretch(kernel, chip, hart, memory, frames, LOOP_LENGTH, FAR)
        leave_turn(hart)
    if hart.owed == 1:
        carry_out_owed(kernel, chip, hart)
    return trap
