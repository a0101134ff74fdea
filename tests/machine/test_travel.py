"""Walking back and forth in a machine's time: every place is as a straight run has it, and nothing is changed by it."""

import hashlib
import random
import shutil

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError, TravelError
from emulator.base.names import Event
from emulator.machine import Control, travel
from emulator.machine.kinds import FAULTS
from isa import Program, assemble
from tests.machine.test_checkers import MACHINES, PROGRAMS
from tests.running import call, source

KINDS = ("fault", "copy", "syscall", "switch", "invalidation", "exit")
LOOP = source("li t0, 100\nagain: addi t0, t0, -1\nbnez t0, again\n" + call("exit", 5))
PATHS = {path.stem: path for path in (*PROGRAMS, *sorted((PROGRAMS[0].parent / "stale").glob("*.s")))}


@pytest.fixture
def crowded(monkeypatch):
    """Snapshots so near to one another that short programs have many; call it for another distance."""

    def let(instructions):
        for name, value in (("INSTRUCTIONS", instructions), ("PLAIN_INSTRUCTIONS", instructions), ("TRAPS", 3)):
            monkeypatch.setattr(travel, name, max(value, 1))

    let(40)
    return let


def machine_of(name, **settings):
    machine = Machine(**{"memory": "8MiB", **settings})
    machine.spawn(Program.load(PATHS[name]))
    return machine


def looped(**settings):
    machine = Machine(memory="8MiB", **settings)
    machine.spawn(assemble(LOOP))
    return machine


def stands(machine):
    """All of a machine that a program or its reader can see, where it stands."""
    frames = machine.world.memory[: machine.config.memory // 8]
    harts = machine.world.harts
    return (machine.now, hashlib.sha256(frames).hexdigest(), harts["regs"].tobytes(), harts["count"].tobytes())


def told(machine):
    """All that a run leaves behind when it is over."""
    result = machine.run()
    tables = [table.tobytes() for table in (result.events, result.invalidations, result.stale)]
    return result.counters, result.costs, result.stdout, result.exit_status, tables, stands(machine)


def wander(machine, seed, steps, end):
    """Walk in the machine's time at random: `end` is about how many instructions and events there are."""
    chance = random.Random(seed)
    for _ in range(steps):
        move = chance.choice((machine.step, machine.back, machine.goto, machine.goto, machine.next, machine.previous))
        try:
            if move == machine.goto:
                machine.goto(**{chance.choice(("instruction", "event")): chance.randrange(end)})
            elif move in (machine.next, machine.previous):
                move(chance.choice(KINDS))
            else:
                move(chance.randint(1, 60))
        except TravelError:
            pass


@pytest.mark.parametrize("name", PATHS)
def test_any_walk_ends_where_a_straight_run_does(name, crowded):
    """On each kind of machine in turn, so that every program is walked on some and every machine has some."""
    settings = list(MACHINES.values())
    for turn in range(2):
        machine = settings[(list(PATHS).index(name) + turn * 3) % len(settings)]
        straight, walked = machine_of(name, **machine), machine_of(name, **machine)
        ran = told(straight)
        crowded(straight.now.instruction // 20)
        wander(walked, turn, 8, 300)
        assert told(walked) == ran


@pytest.mark.both_engines
@pytest.mark.parametrize("name", ["fork_exec", "cow_with_threads", "futex_handoff"])
def test_a_place_is_the_same_however_one_comes_there(name, crowded):
    walked = machine_of(name, harts=2)
    for place in (20, 57, 3, 41, 40):
        straight = machine_of(name, harts=2)
        straight.run(place)
        walked.goto(instruction=place)
        assert stands(walked) == stands(straight)


def test_one_instruction_back_and_one_on_is_the_same_place():
    machine = looped()
    machine.step(30)
    here = stands(machine)
    assert machine.back().instruction == 29
    assert machine.step().instruction == 30
    assert stands(machine) == here


def test_a_place_can_be_come_back_to_by_its_instruction_or_its_event():
    machine = machine_of("subshell")
    for kind in ("fault", "syscall", "copy"):
        now = machine.next(kind)
        machine.goto(instruction=0)
        assert machine.goto(event=now.event) == now
        machine.goto(event=0)
        assert machine.goto(instruction=now.instruction).instruction == now.instruction


def test_between_lr_and_sc_nobody_stands_and_yet_one_comes_back_from_behind():
    """Harts finish a loop of LR and SC before others have their turn, without a stop."""
    machine = machine_of("lrsc_counter", harts=4)
    machine.goto(instruction=2_000)
    places = []
    while machine.now.instruction > 1_900:
        places.append(machine.now.instruction)
        machine.back()
    assert places == sorted(set(places), reverse=True)


def test_an_event_is_the_last_one_told_where_one_goes_to_it():
    events = machine_of("subshell").run().events
    machine = machine_of("subshell")
    for number in (40, 7, 74, 12):
        assert machine.goto(event=number).event == number
        assert machine.result("stop").events.tobytes() == events[:number].tobytes()


@pytest.mark.both_engines
def test_next_and_previous_visit_every_fault_once_in_order():
    kinds = machine_of("child_writes_first").run().events["kind"]
    faults = [number for number, kind in enumerate(kinds) if kind in FAULTS]
    machine, found = machine_of("child_writes_first"), []
    while (now := machine.next("fault")) is not None:
        found.append(now.event - 1)
    assert found == faults
    back = []
    while (now := machine.previous("fault")) is not None:
        back.append(now.event - 1)
    assert back == faults[-2::-1]


def test_where_no_such_event_comes_nothing_changes():
    machine = looped()
    machine.step(7)
    here = stands(machine)
    assert machine.next("copy") is None
    assert machine.previous("copy") is None
    assert stands(machine) == here


@pytest.mark.parametrize("kind", KINDS)
def test_what_next_finds_is_what_was_asked_for(kind):
    machine = machine_of("fork_exec")
    now = machine.next(kind)
    event = machine.core.events.since(now.event - 1)[0]
    asked = {"fault": FAULTS, "copy": (Event.COPY,), "switch": (Event.SWITCH,), "exit": (Event.EXIT,)}
    assert event["kind"] in asked.get(kind, tuple(Event))
    assert event["invalidations"] > 0 or kind != "invalidation"


@pytest.mark.parametrize("place", [{"instruction": 10_000}, {"event": 500}])
def test_beyond_the_end_is_refused_and_nothing_changes(place):
    ran = machine_of("child_writes_first").run()
    machine = machine_of("child_writes_first")
    machine.goto(instruction=20)
    here = stands(machine)
    with pytest.raises(TravelError, match="the run ends after") as refusal:
        machine.goto(**place)
    assert refusal.value.message.endswith((f"instruction {ran.instructions}", f"event {len(ran.events)}"))
    assert stands(machine) == here


def test_before_the_beginning_is_refused_and_nothing_changes():
    machine = looped()
    machine.step(5)
    here = stands(machine)
    with pytest.raises(TravelError, match="begins at instruction 0"):
        machine.back(6)
    assert stands(machine) == here


def test_a_machine_that_has_run_can_be_walked_back_to_its_first_instruction():
    machine = machine_of("child_writes_first")
    want = told(machine)
    machine.back(30)
    assert machine.now.instruction == 13
    machine.goto(instruction=0)
    fresh = machine_of("child_writes_first")
    assert stands(machine) == stands(fresh)
    assert told(machine) == want


def test_a_kind_that_is_none_is_named_with_those_there_are():
    with pytest.raises(TravelError, match=r"'fualt' is no kind of event.*did you mean 'fault'"):
        looped().next("fualt")


@pytest.mark.parametrize("place", [{}, {"instruction": 1, "event": 1}])
def test_goto_needs_one_place(place):
    with pytest.raises(TravelError, match="one place is needed"):
        looped().goto(**place)


def test_a_history_that_holds_no_snapshot_is_refused():
    with pytest.raises(ConfigError, match=r"history: 4KiB is too little: one snapshot of this machine takes \d+KiB"):
        looped(history="4KiB").step()


def test_a_small_history_reaches_every_place_with_fewer_snapshots(crowded):
    small, large = (machine_of("bcopy_across_cow", history=size) for size in ("600KiB", "256MiB"))
    for machine in (small, large):
        machine.run()
        machine.goto(instruction=4_000)
    assert stands(small) == stands(large)


def test_what_is_changed_by_hand_stays_when_one_comes_back_to_it_and_goes_with_what_was_before():
    machine = looped()
    control = Control(machine)
    machine.step(20)
    before = int(control.registers(1)[1][5])
    control.set_register(1, 5, 3)
    machine.step(2)
    machine.back(2)
    assert int(control.registers(1)[1][5]) == 3
    machine.goto(event=machine.now.event)
    assert int(control.registers(1)[1][5]) == 3
    machine.back(2)
    machine.step(2)
    assert int(control.registers(1)[1][5]) == before


def test_breakpoints_stop_a_step_and_no_walk_elsewhere():
    machine = looped()
    control = Control(machine)
    control.breakpoints = [assemble(LOOP).symbols["again"]]
    assert machine.goto(instruction=50).instruction == 50
    assert machine.step(40).instruction == 51
    assert len(control.breakpoints) == 1


def test_a_program_that_was_run_is_the_same_to_whoever_goes_back_though_its_file_has_changed(tmp_path):
    shutil.copytree(PATHS["fork_exec"].parent, tmp_path, dirs_exist_ok=True)
    machine = Machine(memory="8MiB")
    machine.spawn(Program.load(tmp_path / "fork_exec.s"))
    want = told(machine)
    (tmp_path / "exec_target.s").write_text(LOOP)
    machine.goto(instruction=1)
    assert told(machine) == want
