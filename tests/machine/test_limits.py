"""Where a run ends: limits, the machine's own interface, and descriptions that make no machine."""

import signal

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from isa import assemble
from tests.running import call, check, leave, run, show, source

pytestmark = pytest.mark.both_engines

LOOP = "1: j 1b\n"


@pytest.mark.parametrize("limit", [1, 2, 999])
def test_an_endless_loop_ends_at_the_limit(limit):
    result = run(LOOP, max_instructions=limit)
    assert (result.ended, result.instructions) == ("limit", limit)


def test_a_limit_counts_from_where_the_run_stands():
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(LOOP)))
    assert machine.run(max_instructions=10).instructions == 10
    assert check(machine.run(max_instructions=5)).instructions == 15


@pytest.mark.parametrize("engine", ["plain", None])
def test_an_interrupt_ends_a_run_with_everything_counted_so_far(engine):
    machine = Machine(memory="8MiB", engine=engine)
    machine.spawn(assemble(source(LOOP)))
    machine.run(max_instructions=10)
    given = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets those in its background ignore it
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    alarm = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        result = check(machine.run())
    finally:
        signal.signal(signal.SIGALRM, alarm)
        left = signal.signal(signal.SIGINT, given)
    assert result.ended == "interrupt"
    assert result.instructions > 10
    assert left is signal.default_int_handler


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_1_is_refused(limit):
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(LOOP)))
    with pytest.raises(ConfigError, match="max-instructions"):
        machine.run(max_instructions=limit)


def test_the_status_of_a_run_cut_short_is_0_and_its_process_lives():
    result = run(LOOP, max_instructions=10)
    assert result.exit_status == 0
    assert (result.processes[0].status, result.processes[0].signal) == (None, None)


def test_a_system_call_at_the_limit_is_made_in_the_next_run():
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(call("getpid") + leave("a0"))))
    for _ in range(20):
        result = machine.run(max_instructions=1)
        if result.ended == "exit":
            break
    assert check(result).exit_status == 1


def test_a_machine_with_nothing_to_run_ends_at_once():
    result = check(Machine(memory="8MiB").run())
    assert (result.ended, result.exit_status, result.instructions) == ("exit", 0, 0)


def test_several_programs_may_be_spawned_and_the_first_gives_the_status():
    machine = Machine(memory="8MiB")
    for status in (3, 4):
        machine.spawn(assemble(source(f"li s1, {status}\n" + show("s1") + leave("s1"))))
    result = check(machine.run())
    assert result.exit_status == 3
    assert [process.status for process in result.processes] == [3, 4]
    assert len(result.images) == 2


def test_a_program_may_be_spawned_when_all_others_have_ended():
    machine = Machine(memory="8MiB")
    program = assemble(source(leave(5), "d: .dword 1"))
    machine.spawn(program)
    first = check(machine.run())
    machine.spawn(program)
    second = check(machine.run())
    assert second.counters["frames.in_use"] == first.counters["frames.in_use"]
    assert [process.status for process in second.processes] == [5, 5]


def test_results_of_earlier_runs_stay_as_they_were():
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(LOOP)))
    first = machine.run(max_instructions=10)
    events = first.events.tobytes()
    machine.run(max_instructions=10)
    assert (first.instructions, first.events.tobytes()) == (10, events)


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ({"harts": 257}, "hart"),
        ({"memory": "0"}, "memory"),
        ({"memory": "1KiB"}, "memory"),
        ({"memory": "1048577"}, "memory"),
        ({"paging": "sv32"}, "paging"),
        ({"fork": "lazy"}, "fork"),
        ({"flush": "never"}, "flush"),
        ({"ad": "maybe"}, "ad"),
        ({"profile": "z80"}, "z80"),
        ({"overrides": {"price.pt": "1"}}, "price.pte"),
    ],
)
def test_a_description_that_makes_no_machine_is_refused_by_name(setting, word):
    with pytest.raises(ConfigError, match=word):
        Machine(**setting)
