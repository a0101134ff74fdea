"""A debugged run, whatever protocol is spoken: what it stops at, and that going back and on again is the same run."""

import random
import re

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError, TravelError
from emulator.base.names import Event
from emulator.debug import Session
from emulator.debug.halt import Why
from emulator.debug.monitor import Monitor
from emulator.machine import Watch
from isa import Program, assemble
from tests.kernel.invalidation.test_stale_entries import DISCARD, READ
from tests.machine.test_control import PROGRAMS, machine_of, told
from tests.running import call, source
from tests.threads import BSS, DATA, threads

COW = Program.load(PROGRAMS / "child_writes_first.s")


def session_of(program, **choices):
    machine = Machine(**{"memory": "16MiB", **choices})
    machine.spawn(program)
    heard = []
    session = Session(machine, lambda descriptor, data: heard.append((descriptor, data)))
    session.heard = heard
    return session


def never():
    return False


def test_every_process_that_ends_is_told_and_then_that_all_is_over():
    session = session_of(COW)
    halts = [session.go(never) for _ in range(4)]
    assert [halt.why for halt in halts] == [Why.FORKED, Why.ENDED, Why.ENDED, Why.OVER]
    assert [halt.pid for halt in halts[1:3]] == [2, 1]


def test_a_signal_is_told_before_its_handler_begins_and_stopping_changes_nothing():  # F152
    program = Program.load(PROGRAMS / "signal_cow.s")
    session = session_of(program)
    session.add_breakpoint(1, program.symbols["copy_page"])
    halts = [session.go(never) for _ in range(6)]
    assert [halt.why for halt in halts] == [*[Why.SIGNAL, Why.BREAKPOINT] * 2, Why.ENDED, Why.OVER]
    assert (halts[0].value, halts[4].value) == (11, 0)
    straight = Machine(memory="16MiB")
    straight.spawn(program)
    assert session.machine.result("exit").counters == straight.run().counters


def test_a_signal_that_is_forgotten_has_no_handler_and_the_store_runs_again():
    session = session_of(Program.load(PROGRAMS / "signal_cow.s"))
    assert session.go(never).why is Why.SIGNAL
    session.forget_signal()
    halt = session.go(never)
    assert (halt.why, session.machine.result("limit").counters["signal.delivered"]) == (Why.SIGNAL, 0)


def test_one_comes_back_from_a_handler_to_the_store_before_it():  # F50
    program = Program.load(PROGRAMS / "signal_cow.s")
    session = session_of(program)
    session.go(never)
    store = session.control.registers(1)[0]
    assert session.step(1, never).why is Why.STEP  # the handler's first instruction has run
    session.step_back(1)
    assert session.step_back(1).why is Why.STEP
    assert session.machine.kernel.lives.threads[1].process.wish(11).handles
    assert session.control.registers(1)[0] < store


def test_an_end_can_be_told_before_it_comes_so_that_one_can_go_back():
    session = session_of(COW)
    session.wishes.add_kind("end")
    session.go(never)
    halt = session.go(never)
    assert (halt.why, halt.words) == (Why.WISH, "end: process 2 is about to end, with status 0")
    assert 2 in session.processes()
    assert session.step_back(2).why is Why.STEP
    session.wishes.clear()
    assert session.go(never).why is Why.ENDED


def test_the_change_of_a_pte_is_told_with_what_it_was_and_is():
    session = session_of(COW)
    session.follows = False
    va = next(segment.address for segment in COW.segments if segment.writable)
    session.wishes.add_pte(1, va)
    first = session.go(never)
    events = session.machine.core.events.since(0)
    assert f"the PTE of {va:#x} in process 1 was" in first.words
    assert events[-1]["kind"] in (Event.FORK, Event.SYSCALL)  # fork takes the right to write from the parent's, too


def test_a_stale_use_is_told_where_the_checker_is_on_and_refused_as_a_wish_where_it_is_off():  # F45
    program = assemble(source(threads(DISCARD, READ), DATA, BSS))
    session = session_of(program, harts=2, check_stale=True, overrides={"bug": "missing-remote"})
    session.wishes.add_kind("stale")
    halt = session.go(never)
    assert (halt.why, halt.words.split(":")[0]) == (Why.WISH, "stale")
    with pytest.raises(ConfigError, match="--check-stale is right"):
        session_of(COW).wishes.add_kind("stale")


def test_a_kind_that_is_none_is_refused():
    with pytest.raises(TravelError, match="did you mean 'copy'"):
        session_of(COW).wishes.add_kind("copi")


def test_whoever_goes_back_and_on_again_hears_nothing_twice():
    session = session_of(COW)
    for _ in range(3):
        session.go(never)
    assert session.heard
    session.back(never)
    while session.go(never).why is not Why.OVER:
        pass
    assert b"".join(data for _, data in session.heard) == bytes(session.machine.core.streams.out)


def test_a_process_that_is_detached_never_stops():
    session = session_of(COW)
    assert session.go(never).why is Why.FORKED
    session.add_breakpoint(2, COW.symbols["child"])
    session.detach(2)
    assert [session.go(never).why for _ in range(2)] == [Why.ENDED, Why.OVER]


def test_a_process_that_is_killed_ends_and_the_others_go_on():
    session = session_of(COW)
    session.go(never)
    session.kill(2)
    assert list(session.processes()) == [1]
    assert [session.go(never).why for _ in range(2)] == [Why.ENDED, Why.OVER]
    result = session.machine.result("exit")
    assert [(process.pid, process.signal) for process in result.processes] == [(1, None), (2, 9)]
    assert result.counters["frames.leaked"] == 0  # F68


def test_a_step_is_of_the_thread_that_is_asked_for():
    session = session_of(Program.load(PROGRAMS / "cow_with_threads.s"), harts=2)
    session.wishes.add_kind("copy")
    session.go(never)
    session.wishes.clear()
    tid = max(session.machine.kernel.lives.threads)
    before = session.control.registers(tid)[0]
    halt = session.step(tid, never)
    assert (halt.why, halt.tid) == (Why.STEP, tid)
    assert session.control.registers(tid)[0] != before


@pytest.mark.parametrize("name", ["cow_with_threads", "fork_exec", "subshell"])
@pytest.mark.parametrize("choices", [{"harts": 2}, {"harts": 2, "tlb": "adversarial", "schedule": "seed:3"}], ids=str)
def test_looking_and_walking_change_no_counter_no_cost_and_no_event(name, choices):
    chance = random.Random(name)
    session = session_of(Program.load(PROGRAMS / f"{name}.s"), **choices)
    monitor = Monitor(session)
    session.add_watch(Watch(1, 0, 1 << 40))
    session.wishes.add_kind("fault")
    moves = (lambda: session.go(never), lambda: session.back(never), lambda: session.step_back(1))
    for _ in range(25):
        if 1 in session.processes():
            chance.choice((*moves, lambda: session.step(1, never)))()
        monitor.answer(chance.choice(("faults", "why", "tlb", "frame 3", "help")), 1)
    session.watches = []
    session.finish()
    assert told(session.machine) == told(machine_of(name, choices))


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("fautls", "'fautls' is no command; .*did you mean 'faults'"),
        ("frame", "frame: which one"),
        ("frame x", "'x' is no number"),
        ("frame 1 2", "frame: '2' is too much; frame N"),
        ("tlb 9", "there is no hart 9; 0-0 are right"),
        ("break pte", "of what address"),
        ("break copi", "'copi' is no kind of event"),
    ],
)
def test_a_monitor_command_that_cannot_be_is_answered_in_one_line(command, line):
    answer = Monitor(session_of(COW)).answer(command, 1)
    assert answer.count("\n") == 1
    assert re.search(line, answer)


def test_what_is_no_instruction_cannot_be_stopped_at():
    session = session_of(assemble(source(call("exit", 0))))
    for va in (0, 0x10002, 1 << 63):
        with pytest.raises(ConfigError, match="has no instruction at"):
            session.add_breakpoint(1, va)
