"""Stopping, looking and going on: what is seen is true, and nothing is changed by it."""

from pathlib import Path

import numpy as np
import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.base.names import Event
from emulator.machine import Control
from isa import Program, assemble
from tests.running import call, source

PROGRAMS = Path(__file__).parents[2] / "programs"
LOOP = source("li t0, 3\nagain: addi t0, t0, -1\nbnez t0, again\nebreak\nli a0, 5\n" + call("exit", "a0"))
STOPS = 60
MACHINES = (
    {"harts": 3},
    {"harts": 2, "tlb": "adversarial", "schedule": "seed:5", "check_stale": True},
    {"harts": 3, "flush": "ceiling:33+latr+lazy", "overrides": {"tick": "5000"}},
)


def machine_of(name, choices):
    machine = Machine(memory="16MiB", **choices)
    machine.spawn(Program.load(PROGRAMS / f"{name}.s"))
    return machine


def told(machine):
    """All that a run leaves behind, comparable."""
    result = machine.run()
    tables = [result.events, result.invalidations, result.stale]
    return result.counters, result.costs, result.stdout, result.ended, [table.tobytes() for table in tables]


def looped(**choices):
    machine = Machine(memory="8MiB", **choices)
    program = assemble(LOOP)
    machine.spawn(program)
    return Control(machine), program


@pytest.mark.both_engines
@pytest.mark.parametrize("choices", MACHINES, ids=str)
@pytest.mark.parametrize("name", ["cow_with_threads", "lrsc_counter", "fork_exec"])
def test_a_run_with_breakpoints_at_its_first_instructions_is_the_same_run(name, choices):
    stopped = machine_of(name, choices)
    control = Control(stopped)
    begin = Program.load(PROGRAMS / f"{name}.s").entry
    control.breakpoints = range(begin, begin + 64 * 4, 4)
    control.events = (Event.COPY, Event.SYSCALL)
    whys = [control.run().why for _ in range(STOPS)]
    assert "breakpoint" in whys
    control.breakpoints, control.events = (), ()
    assert told(stopped) == told(machine_of(name, choices))


@pytest.mark.both_engines
@pytest.mark.parametrize("choices", MACHINES[:2], ids=str)
def test_a_run_of_single_steps_is_the_same_run(choices):
    stepped = machine_of("cow_with_threads", choices)
    control = Control(stepped)
    while control.step().why == "limit":
        pass
    assert told(stepped) == told(machine_of("cow_with_threads", choices))


@pytest.mark.both_engines
def test_a_breakpoint_stops_before_its_instruction_each_time_it_comes_there():
    control, program = looped()
    control.breakpoints = [program.symbols["again"]]
    left = []
    while (stop := control.run()).why == "breakpoint":
        assert stop.pc == program.symbols["again"]
        left.append(int(control.registers(stop.tid)[1][5]))
    assert left == [3, 2, 1]


def test_a_breakpoint_stops_the_next_process_too_where_no_instruction_came_between():
    """The first store of each faults and is not over within a turn of one cycle: the other comes to it meanwhile."""
    program = assemble("_start: sd zero, -2048(sp)\nli a0, 0\n" + call("exit", "a0"))
    machine = Machine(memory="8MiB", overrides={"quantum": "1"})
    for _ in range(2):
        machine.spawn(program, envp=["x" * 2500])  # so that the store is to another page than what is there already
    control = Control(machine)
    control.breakpoints = [program.entry]
    stops = []
    while (stop := control.run()).why == "breakpoint":
        stops.append((stop.pid, stop.instructions))
    assert {pid for pid, _ in stops} == {1, 2}
    assert stops[1] == (2, stops[0][1])


def test_a_step_retires_one_instruction():
    control, program = looped()
    first = control.step()
    assert (first.why, first.instructions, first.pc) == ("limit", 1, program.entry + 4)
    assert control.step(3).instructions == 4


@pytest.mark.both_engines
def test_a_stop_after_a_fault_comes_once_the_store_has_run_again():
    machine = machine_of("child_writes_first", {})
    control = Control(machine)
    control.events = [Event.COPY]
    stop = control.run()
    assert stop.why == "event"
    event = machine.run(1).events[-1]
    assert event["kind"] == Event.COPY
    assert event["restart_found"] != 0
    assert stop.pc == event["pc"] + 4


def test_ebreak_stops_where_that_is_asked_for_and_may_be_skipped():
    control, _ = looped()
    control.ebreak = True
    assert control.run().why == "ebreak"
    control.skip_ebreak()
    assert control.run().why == "exit"


def test_an_ebreak_that_is_not_skipped_ends_in_sigtrap_as_without_a_stop():
    control, _ = looped()
    control.ebreak = True
    control.run()
    control.run()
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(LOOP))
    result = machine.run()
    assert result.exit_status == 128 + 5
    assert control._machine.run().counters == result.counters


def test_a_register_that_is_set_is_seen_by_the_program():
    control, program = looped()
    control.breakpoints = [program.symbols["again"]]
    stop = control.run()
    control.set_register(stop.tid, 5, 1)
    control.ebreak, control.breakpoints = True, []
    assert control.run().instructions == stop.instructions + 2


def test_memory_reads_as_the_program_left_it_and_code_that_is_written_runs():
    control, program = looped()
    control.breakpoints = [program.symbols["again"]]
    stop = control.run()
    word = control.read(stop.pid, program.entry, 4)
    assert word == program.segments[0].data[program.entry - program.segments[0].address :][:4]
    control.write(stop.pid, stop.pc + 8, (0x00000013).to_bytes(4, "little"))  # NOP in the place of EBREAK
    control.breakpoints = []
    assert control.run().why == "exit"
    assert control._machine.run().exit_status == 5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda control: setattr(control, "breakpoints", [2]), "middle of an instruction"),
        (lambda control: setattr(control, "breakpoints", range(0, 400, 4)), "64 are the most"),
        (lambda control: control.step(0), "most"),
        (lambda control: control.read(1, 0x10, 4), "has no page at 0x0"),
        (lambda control: control.read(9, 0x10, 4), "no process 9; those that live: 1"),
        (lambda control: control.registers(7), "no thread 7; those that live: 1"),
        (lambda control: control.set_register(1, 0, 1), "register"),
        (lambda control: control.skip_ebreak(), "does not stand at an EBREAK"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(wrong, message):
    control, _ = looped()
    with pytest.raises(ConfigError, match=message):
        wrong(control)


@pytest.mark.both_engines
def test_intervals_say_who_had_which_hart_when():
    machine = Machine(memory="16MiB", harts=2, intervals=True)
    machine.spawn(Program.load(PROGRAMS / "cow_with_threads.s"))
    result = machine.run()
    rows = result.intervals
    assert set(rows["hart"]) == {0, 1}
    assert {1, 3} <= set(rows["pid"])
    for hart in (0, 1):
        mine = rows[rows["hart"] == hart]
        assert (mine["begin"] <= mine["end"]).all()
        assert (mine["begin"][1:] >= mine["end"][:-1]).all()
        busy = result.per_hart[hart][0]["cycles"] - result.per_hart[hart][1]["idle"]
        assert int(np.sum(mine["end"] - mine["begin"])) <= busy


def test_intervals_are_not_kept_unless_asked_for():
    assert len(machine_of("fork_exec", {}).run().intervals) == 0


def test_a_program_that_execs_has_an_interval_for_each_image():
    machine = Machine(memory="16MiB", intervals=True)
    machine.spawn(Program.load(PROGRAMS / "fork_exec.s"))
    rows = machine.run().intervals
    child = rows[rows["pid"] == 2]
    assert list(dict.fromkeys(child["image"])) == [0, 1]
