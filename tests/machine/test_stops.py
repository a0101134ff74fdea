"""What a controlled run stops at beside breakpoints, and that one comes back to every stop from behind."""

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.base.names import Event
from emulator.kernel.processes.signals import Signal
from emulator.machine import Control, Watch
from isa import Program, assemble
from tests.kernel.invalidation.test_stale_entries import DISCARD, READ
from tests.machine.test_control import MACHINES, PROGRAMS, machine_of, told
from tests.machine.test_travel import crowded, stands
from tests.running import call, source
from tests.threads import BSS, DATA, threads

__all__ = ["crowded"]

TOUCHES = source(
    """la t0, there
    li t1, 7
one: sd t1, 8(t0)
    addi t2, t0, 64
two: ld t3, -56(t2)
three: sb t1, 15(t0)
four: amoadd.d t3, t1, (t2)
    addi t4, t0, 8
five: lr.d t3, (t4)
six: sc.d t3, t1, (t4)
    li t6, 8
    mv t5, t2
seven: bcopy t5, t4, t6
    lw t3, 16(t0)
"""
    + call("exit", 3),
    data="there: .space 128",
)
CRASH = source("li t0, 16\nbad: sd t0, 0(t0)\n" + call("exit", 4))


def controlled(text, **choices):
    machine = Machine(memory="8MiB", **choices)
    program = assemble(text)
    machine.spawn(program)
    return Control(machine), program


def visited(control):
    """All stops from here to the end."""
    stops = []
    while (stop := control.run()).why not in ("exit", "blocked"):
        stops.append(stop)
    return stops


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("reads", "writes", "labels"),
    [
        (False, True, ["one", "three", "six"]),
        (True, False, ["two", "five", "seven"]),
        (True, True, ["one", "two", "three", "five", "six", "seven"]),
    ],
)
def test_the_run_stops_before_each_instruction_that_accesses_what_is_watched(reads, writes, labels):
    control, program = controlled(TOUCHES)
    there = program.symbols["there"]
    control.watches = [Watch(1, there + 8, 8, reads, writes)]
    stops = visited(control)
    assert [stop.pc for stop in stops] == [program.symbols[label] for label in labels]
    assert {stop.why for stop in stops} == {"watch"}
    assert {stop.va for stop in stops} <= {there + 8, there + 15}


@pytest.mark.both_engines
def test_a_block_copy_meets_a_watch_on_any_page_of_its_target():
    control, program = controlled(
        source("la a0, to\nla a1, from\nli a2, 8192\nat: bcopy a0, a1, a2", bss="from: .space 8192\nto: .space 8192")
    )
    control.watches = [Watch(1, program.symbols["to"] + 10, 1)]
    (stop,) = visited(control)
    assert (stop.pc, stop.va) == (program.symbols["at"], program.symbols["to"] + 10)


def test_a_watch_is_of_one_process():
    """Parent and child store to the same address, the child first."""
    machine = machine_of("child_writes_first", {})
    control = Control(machine)
    control.events = [Event.COPY]
    event = control.run()
    va = int(machine.core.events.since(0)[-1]["va"])
    assert event.pid == 2
    control.events, control.watches = (), [Watch(1, va, 8)]
    assert {stop.pid for stop in visited(control)} == {1}


@pytest.mark.parametrize("choices", MACHINES, ids=str)
@pytest.mark.parametrize("name", ["cow_with_threads", "lrsc_counter", "restart_takes_effect_once"])
def test_a_run_that_stops_at_watched_memory_is_the_same_run(name, choices):
    stopped = machine_of(name, choices)
    control = Control(stopped)
    control.watches = [Watch(pid, 0, 1 << 40, reads=True) for pid in (1, 2)]
    for _ in range(300):
        control.run()
    control.watches = ()
    assert told(stopped) == told(machine_of(name, choices))


@pytest.mark.both_engines
@pytest.mark.parametrize("choices", MACHINES[:2], ids=str)
def test_a_thread_is_stepped_while_others_run_and_the_run_is_the_same(choices):
    stepped = machine_of("cow_with_threads", choices)
    control = Control(stepped)
    control.run(30)
    before = stepped.world.hart[0].count[0]
    pcs = [control.step_thread(1).pc for _ in range(10)]
    assert len(set(pcs)) > 5
    assert stepped.world.hart[0].count[0] > before
    assert told(stepped) == told(machine_of("cow_with_threads", choices))


@pytest.mark.both_engines
def test_a_fault_that_ends_a_process_stops_the_run_before_it_does():  # F54
    control, program = controlled(CRASH)
    control.signals = True
    stop = control.run()
    assert (stop.why, stop.pc, stop.pid) == ("signal", program.symbols["bad"], 1)
    assert control.signal == Signal.SIGSEGV
    assert control.run().why == "exit"
    assert control._machine.run().exit_status == 128 + Signal.SIGSEGV


def test_a_signal_that_is_forgotten_lets_the_instruction_run_again():
    control, program = controlled(CRASH)
    control.signals = True
    control.run()
    control.set_register(1, 5, program.symbols["shown"])
    control.forget_signal()
    assert control.run().why == "exit"
    assert control._machine.run().exit_status == 4


@pytest.mark.both_engines
def test_a_stale_use_stops_the_run_after_it_where_the_checker_is_on():  # F45
    program = assemble(source(threads(DISCARD, READ), DATA, BSS))
    machine = Machine(memory="8MiB", harts=2, check_stale=True, overrides={"bug": "missing-remote"})
    machine.spawn(program)
    control = Control(machine)
    control.stale = True
    stop = control.run()
    assert (stop.why, stop.hart, stop.pc) == ("stale", 1, program.symbols["use"] + 4)
    assert machine.result("limit").counters["stale.uses"] == 1


def stopped_at(control, program):
    """Let `control` stop at many things."""
    begin = program.entry
    control.breakpoints = range(begin, begin + 40 * 4, 8)
    control.events = (Event.COPY, Event.SYSCALL, Event.FORK, Event.SWITCH)
    control.watches = [Watch(pid, 0, 1 << 40, writes=True) for pid in (1, 2)]
    control.signals = control.ebreak = True


@pytest.mark.parametrize("choices", MACHINES, ids=str)
@pytest.mark.parametrize("name", ["cow_with_threads", "lrsc_counter", "fork_exec", "store_to_read_only"])
def test_whoever_goes_back_from_the_end_visits_every_stop_in_reverse_order(name, choices, crowded):
    crowded(100)
    machine = machine_of(name, choices)
    control = Control(machine)
    stopped_at(control, Program.load(PROGRAMS / f"{name}.s"))
    ahead = {}  # the last stop at each place: an event, and a breakpoint with nothing in between, are one
    while (stop := control.run()).why not in ("exit", "blocked") and len(ahead) < 200:
        ahead[place(machine)] = stop, stands(machine)
    assert {stop.why for stop, _ in ahead.values()} >= {"breakpoint", "event"}
    end, back = place(machine), {}
    while (stop := control.back()) is not None and len(back) < 60:
        back[place(machine)] = stop, stands(machine)
    behind = [each for each in reversed(ahead.items()) if each[0] != end]
    assert list(back.items()) == behind[: len(back)]
    assert stop is not None or len(back) == len(behind)


def place(machine):
    """Where a machine stands, as its history counts."""
    return machine.now.instruction, machine.now.event


def test_a_step_back_of_a_thread_is_before_its_last_instruction():
    machine = machine_of("cow_with_threads", {"harts": 3})
    control = Control(machine)
    control.events = [Event.SYSCALL]
    while len(machine.kernel.lives.threads) < 2:
        control.run()
    control.events = ()
    tid = max(machine.kernel.lives.threads)
    for _ in range(5):
        control.step_thread(tid)
    pcs = []
    for _ in range(4):
        pcs.append(control.registers(tid)[0])
        assert machine.previous_step(tid)
        here = stands(machine)
        control.step_thread(tid)
        assert control.registers(tid)[0] == pcs[-1]
        machine.previous_step(tid)
        assert stands(machine) == here


def test_where_there_is_no_stop_before_one_comes_to_the_beginning():
    control, _ = controlled(CRASH)
    control.run()
    assert control.back() is None
    assert control._machine.now.instruction == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([Watch(1, -1, 8)], "watch: va"),
        ([Watch(1, 8, 0)], "watch: size"),
        ([Watch(1, 8, 8)] * 17, "watches: 17 of them; 16 are the most"),
    ],
)
def test_what_cannot_be_watched_is_said_in_one_line(wrong, message):
    control, _ = controlled(CRASH)
    with pytest.raises(ConfigError, match=message):
        control.watches = wrong
