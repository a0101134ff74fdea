"""The door through which harts run: all compiled code that runs them, or waits for others to run, is behind it."""

from emulator.base.jit import hot, hot_entry
from emulator.base.names import Counter, Event, Trap
from emulator.hardware.access import NOTHING
from emulator.hardware.preemption import leaves_at
from emulator.hardware.turns import FAR, NOBODY, Schedule, all_past, leave_turn, next_turn, turn_ends, turn_length
from emulator.kernel.invalidation.ipi import carry_out_owed
from emulator.kernel.run.away import come_back
from emulator.kernel.run.settle import settle
from emulator.kernel.run.stops import has_come, put_off_stops
from emulator.kernel.run.stretch import run_stretch
from emulator.kernel.steps import held
from emulator.kernel.steps.events import has_room
from emulator.kernel.steps.fault import populate, take_trap
from emulator.kernel.steps.forced import make_own
from emulator.kernel.steps.reclaim.advice import page_out
from emulator.kernel.steps.reclaim.want import make_room

LOOP_LENGTH = 16  # instructions that a loop of LR and SC may have, for it to succeed at last (RISC-V manual, "A")
RUN, RESOLVE, SETTLE, POPULATE, RECLAIM, PAGE_OUT, MAKE_OWN = 0, 1, 2, 3, 4, 5, 6  # commands


@hot_entry
def drive(world, command, h, limit):
    """Let harts run, or let hart `h` finish what needs other harts to run: all that does so is compiled here, once.

    RUN      busy harts take turns until one has a trap that needs Python or has come to the end of its time slice,
             until `limit` instructions, until a sleeping thread is due, until a buffer is full, or until a stop has
             come that `world.control` asks for; `turns.last` ran last. Faults that the kernel can resolve are resolved
             here; `Trap.FAULT` is one that ends in a signal, its event the last.
    RESOLVE  deal with the refused access that hart `h` has made for the kernel; `Trap.FAULT` if that cannot be done
    SETTLE   let the harts that `h` has told of an invalidation answer
    POPULATE let `limit` pages from its `fault_va` on grant its `fault_access`: it ends at the page after the last one
             done. `Trap.FAULT`: that one cannot be
    RECLAIM  take pages away for hart `h`, which found too few frames; `Trap.FAULT`: there are none to be had
    PAGE_OUT take away what can be of the `limit` pages from its `fault_va` on (MADV_PAGEOUT)
    MAKE_OWN let the page of its `fault_va`, which a debugger writes to, be nobody else's; `Trap.FAULT`: it cannot be

    Return the `Trap`.
    """
    if command == SETTLE:
        settle(world, world.hart[h])
        return Trap.NONE
    if command == POPULATE:
        outcome = populate(world, world.hart[h], limit)
        return Trap.FAULT if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY else Trap.NONE
    if command == RECLAIM:
        return Trap.NONE if make_room(world, world.hart[h]) else Trap.FAULT
    if command == PAGE_OUT:
        page_out(world, world.hart[h], limit)
        return Trap.NONE
    if command == RESOLVE:
        outcome = take_trap(world, world.hart[h])
        return Trap.FAULT if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY else Trap.NONE
    if command == MAKE_OWN:
        outcome = make_own(world, world.hart[h], world.space[world.task[h].space], world.hart[h].fault_va)
        return Trap.FAULT if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY else Trap.NONE
    while has_room(world) and limit > 0 and not has_come(world):
        if world.turns.turn == NOBODY:
            if world.turns.wake_at < FAR and all_past(world, world.turns.wake_at):
                break
            world.turns.turn = next_turn(world)
            if world.turns.turn == NOBODY:
                break
            world.turns.left = turn_length(world)
        world.turns.last = world.turns.turn
        hart = world.hart[world.turns.turn]
        before = hart.count[Counter.INSTRUCTIONS]
        trap = take_turn(world, hart, limit)
        limit -= hart.count[Counter.INSTRUCTIONS] - before
        if trap != Trap.NONE:
            return trap
        if hart.clock >= world.task[hart.number].slice_ends:
            break
    return Trap.NONE


@hot
def take_turn(world, hart, limit):
    """Run the hart whose turn it is, for up to `limit` instructions; return the `Trap` that needs Python.

    The turn ends with such a trap, at its deadline, or after `turns.left` instructions. Where `limit` or a full
    buffer cuts it, it goes on next time as if it had not been: where a run is cut makes no difference to it.
    """
    task = world.task[hart.number]
    before = hart.count[Counter.INSTRUCTIONS]
    cut = limit < world.turns.left
    end = before + min(limit, world.turns.left)
    come_back(world, hart)
    deadline = min(turn_ends(world), task.slice_ends)
    if world.turns.schedule == Schedule.TIME:
        deadline = min(deadline, leaves_at(world, hart))
    if world.policy.tick > 0:
        if hart.clock >= task.next_tick:
            held.tick(world, hart)
        if world.turns.schedule == Schedule.TIME:
            deadline = min(deadline, task.next_tick)
    if hart.clock < world.turns.wake_at and world.turns.schedule == Schedule.TIME:
        deadline = min(deadline, world.turns.wake_at)
    resumed, trap = False, Trap.NONE
    while hart.count[Counter.INSTRUCTIONS] < end and hart.clock < deadline:
        if not resumed and (has_come(world) or not has_room(world)):
            break
        hart.walk_reads = 0
        steps = 1 if resumed else end - hart.count[Counter.INSTRUCTIONS]
        trap = task.trap  # one that it took while another hart's kernel was at work
        if trap == Trap.NONE:
            task.cut = cut and not resumed
            trap = run_stretch(world, hart, steps, deadline)
            task.cut = 0
        task.trap = Trap.NONE
        if resumed and trap != Trap.FAULT:
            event = world.log.event[world.log.events - 1]
            event.restart_found, event.restart_reads = hart.fault_found, hart.walk_reads
        resumed = False
        if trap == Trap.FAULT:
            outcome = take_trap(world, hart)
            if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY:
                break
            resumed = world.log.recording == 1
            trap = Trap.NONE
        elif trap != Trap.NONE:
            break
    world.turns.left -= hart.count[Counter.INSTRUCTIONS] - before
    if trap == Trap.NONE and world.turns.left > 0 and hart.clock < deadline:
        return trap
    world.turns.turn = NOBODY
    if world.turns.busy > 1:
        if hart.reservation != NOTHING and trap == Trap.NONE and world.turns.schedule != Schedule.STEPS:
            put_off_stops(world, True)  # a stop would end the reservation
            task.trap = run_stretch(world, hart, LOOP_LENGTH, FAR)
            put_off_stops(world, False)
        leave_turn(hart)
    if task.owed == 1:
        carry_out_owed(world, hart)
    return trap
