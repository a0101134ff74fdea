"""What is seen of a machine is what the kernel and the hardware know of it, and to look changes nothing."""

import re
from pathlib import Path

import pytest

from emulator import Machine
from emulator.base.bits import PAGE_BYTES
from emulator.base.errors import ConfigError
from emulator.base.kernel_names import RegionKind
from emulator.base.names import Event
from emulator.look import Look
from emulator.machine import Control
from emulator.state import Holds, Kind, Rights
from isa import Program, assemble
from tests.running import call, leave, source, spawn, wait

PROGRAMS = Path(__file__).parents[2] / "programs"
NAMES = ("child_writes_first", "cow_with_threads", "fork_exec", "huge_pages", "shared_anonymous", "shootdown", "vfork")
MACHINES = (
    {"harts": 2},
    {"harts": 2, "tlb": "adversarial", "schedule": "seed:5", "check_stale": True},
    {"harts": 2, "flush": "ceiling:33+latr+lazy", "check_stale": True, "overrides": {"tick": "5000"}},
)
BESIDE = {Holds.DATA: 0, Holds.TABLE: 0, Holds.PROGRAM: 1, Holds.SHARED: 1}  # references that no page table makes
LOOKED_AT = ("chip", "turns", "hart", "task", "allocator", "asids", "space", "request", "log", "control")


def machine_of(name, **choices):
    machine = Machine(memory="16MiB", **choices)
    machine.spawn(Program.load(PROGRAMS / f"{name}.s"))
    return machine


def states(name, *kinds, **choices):
    """A state after each event of these kinds, all by default, and the machine as it has ended."""
    machine = machine_of(name, **choices)
    control = Control(machine)
    control.events = kinds or tuple(Event)
    yield machine.state()
    while control.run().why == "event":
        yield machine.state()


def symbol(name, label):
    return Program.load(PROGRAMS / f"{name}.s").symbols[label]


def page_at(state, pid, va):
    """The entry of a process's page table that maps `va`."""
    space = state.space(state.process(pid).space)
    (found,) = [page for page in space.root.pages() if page.va <= va < page.va + page.size]
    return found


def told(machine):
    """All that a run leaves behind, comparable."""
    result = machine.run()
    tables = [result.events, result.invalidations, result.stale]
    return result.counters, result.costs, result.stdout, result.ended, [table.tobytes() for table in tables]


@pytest.mark.both_engines
@pytest.mark.parametrize("choices", MACHINES, ids=str)
def test_a_run_that_is_looked_at_after_every_event_is_the_same_run(choices):
    looked_at = machine_of("cow_with_threads", **choices)
    control = Control(looked_at)
    control.events = Event
    while control.run().why == "event":
        looked_at.state()
    control.events = ()
    assert told(looked_at) == told(machine_of("cow_with_threads", **choices))


@pytest.mark.parametrize("choices", MACHINES, ids=str)
def test_to_look_changes_no_byte_of_a_record_or_of_memory(choices):
    machine = machine_of("cow_with_threads", **choices)
    control = Control(machine)
    control.events = [Event.COPY]
    assert control.run().why == "event"
    world = machine.world

    def everything():
        used = world.memory[: int(world.allocator.next_frame) * 512]
        frames = world.frame[: int(world.allocator.next_frame)]
        return [world.records[part].tobytes() for part in LOOKED_AT], used.tobytes(), frames.tobytes()

    before = everything()
    machine.state()
    assert everything() == before


@pytest.mark.parametrize("choices", MACHINES, ids=str)
def test_a_state_is_what_a_first_look_sees_whatever_was_seen_before(choices):
    machine = machine_of("cow_with_threads", **choices)
    control = Control(machine)
    control.events = Event
    while control.run().why == "event":
        state = machine.state()
        assert state == Look().state(machine.world, machine.kernel, state.events)


def test_a_fork_leaves_a_frame_with_two_owners_and_no_right_to_write():  # F1
    (_, state) = states("child_writes_first", Event.FORK)
    va = symbol("child_writes_first", "page")
    entries = [page_at(state, pid, va) for pid in (1, 2)]
    assert entries[0].frame == entries[1].frame
    assert all(Rights.W not in entry.rights and Rights.R in entry.rights for entry in entries)
    frame = state.frame(entries[0].frame)
    pids = [state.space(owner.space).pids for owner in frame.owners]
    assert (frame.holds, frame.refs, pids) == (Holds.DATA, 2, [(1,), (2,)])


def test_a_copy_leaves_two_frames_with_one_owner_each():  # F3
    (_, state) = states("child_writes_first", Event.COPY)
    va = symbol("child_writes_first", "page")
    old, new = page_at(state, 1, va), page_at(state, 2, va)
    assert [state.frame(entry.frame).refs for entry in (old, new)] == [1, 1]
    assert Rights.W in new.rights
    assert Rights.W not in old.rights


@pytest.mark.parametrize("name", NAMES)
def test_every_frame_in_use_is_seen_and_its_references_are_those_that_lead_to_it(name):  # F61
    for state in states(name, huge="always"):
        for frame in state.frames:
            if frame.holds in BESIDE:
                assert frame.refs == len(frame.owners) + BESIDE[frame.holds], frame
            assert frame.holds is not Holds.HELD


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_is_seen_for_each_that_the_allocator_has_given_away(name):
    machine = machine_of(name)
    control = Control(machine)
    control.events = Event
    while control.run().why == "event":
        state = machine.state()
        assert len(state.frames) == int(machine.world.allocator.in_use)
        assert len(state.frames) + state.frames_free == machine.config.memory // 4096


@pytest.mark.parametrize("choices", MACHINES[:2], ids=str)
def test_an_entry_that_grants_says_what_the_page_table_says(choices):  # F45
    seen = 0
    for state in states("cow_with_threads", **choices):
        for hart in state.harts:
            for space in (space for space in state.spaces if space.asid):
                pages = {page.va: page for page in space.root.pages()}
                for entry in hart.entries:
                    if entry.asid == space.asid and entry.kind is Kind.GRANTS:
                        page = pages[entry.va]
                        assert (entry.frame, entry.size) == (page.frame, 4096)
                        assert entry.rights & ~page.rights == 0
                        seen += 1
    assert seen


def test_an_entry_that_was_dropped_is_a_ghost_that_names_its_invalidation():
    machine = machine_of("child_writes_first")
    control = Control(machine)
    control.events = [Event.FORK]
    assert control.run().why == "event"
    ghosts = [entry for entry in machine.state().harts[0].entries if entry.kind is Kind.GHOST]
    rows = machine.run().invalidations
    assert symbol("child_writes_first", "_start") // 4096 * 4096 in {ghost.va for ghost in ghosts}
    assert all(rows[ghost.dropped_by]["cause"] == 7 for ghost in ghosts)  # the fork's


def test_an_entry_that_grants_what_memory_does_no_more_is_stale_until_it_is_dropped():  # F45
    seen = states("cow_with_threads", **MACHINES[2])
    assert any(entry.kind is Kind.STALE for state in seen for hart in state.harts for entry in hart.entries)


def test_a_tlb_that_remembers_invalid_entries_shows_them():  # F23
    found = [
        entry
        for state in states("zero_page", tlb="adversarial", seed=3)
        for entry in state.harts[0].entries
        if entry.kind is Kind.NEGATIVE
    ]
    assert found
    assert all((entry.frame, entry.rights) == (0, 0) for entry in found)


def test_registers_are_those_of_the_thread_that_runs_and_of_those_that_wait():
    machine = machine_of("child_writes_first")
    control = Control(machine)
    control.events = [Event.COPY]
    control.run()
    for process in machine.state().processes:
        for thread in process.threads:
            pc, registers = control.registers(thread.tid)
            assert (thread.pc, list(thread.registers)) == (pc, [number % (1 << 64) for number in registers.tolist()])


def test_a_thread_that_waits_says_for_what():
    (_, state) = states("child_writes_first", Event.COPY)
    (parent,) = state.process(1).threads
    assert (parent.state, parent.waits_for) == ("blocked", "a child that ends, or starts a program")


def test_a_process_that_has_ended_is_a_zombie_without_memory_until_it_is_waited_for():
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(spawn(leave(3)) + 2 * call("sched_yield") + wait())))
    control = Control(machine)
    control.events = [Event.EXIT]
    control.run()
    child = machine.state().process(2)
    assert (child.life, child.space, child.status, child.threads) == ("zombie", -1, 3, ())


def test_regions_are_what_the_program_and_its_stack_need():
    state = next(states("child_writes_first"))
    regions = {region.kind: region for region in state.spaces[0].regions}
    assert regions[RegionKind.TEXT].rights == Rights.R | Rights.X
    assert regions[RegionKind.DATA].rights == Rights.R | Rights.W
    assert RegionKind.STACK in regions


def test_the_page_of_zeros_is_one_frame_that_holds_zeros():  # F6
    *_, state = states("zero_page", Event.ZERO_MAP)
    (zeros,) = [frame for frame in state.frames if frame.holds is Holds.ZEROS]
    assert len(zeros.owners) > 1


def test_memory_that_is_asked_for_is_what_each_process_sees():
    machine = machine_of("child_writes_first")
    control = Control(machine)
    control.events = [Event.COPY]
    control.run()
    va = symbol("child_writes_first", "page")
    state = machine.state((1, va, 8), (2, va, 8))
    assert [int.from_bytes(stretch.data, "little") for stretch in state.memory] == [1, 2]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ((7, 0x12000, 8), "pid: there is no process 7; those that live: 1"),
        ((1, 0, 8), "va: process 1 has no page at 0x0"),
    ],
)
def test_memory_that_there_is_not_is_refused_by_name(asked, words):  # F83
    with pytest.raises(ConfigError, match=f"^{re.escape(words)}$"):
        machine_of("hello").state(asked)


def test_what_is_not_there_is_no_part_of_a_state():
    state = machine_of("hello").state()
    for find, number in ((state.process, 9), (state.space, 9), (state.frame, 1 << 30)):
        with pytest.raises(KeyError):
            find(number)


def test_events_are_counted_as_results_have_them():
    counted = [state.events for state in states("child_writes_first", Event.COPY, Event.REUSE)]
    events = machine_of("child_writes_first").run().events
    assert [Event(int(events["kind"][count - 1])) for count in counted] == [Event.EXEC, Event.COPY, Event.REUSE]


def test_a_huge_page_is_one_entry_of_2_mib_and_512_frames_with_an_owner_each():  # F110
    *_, state = states("huge_pages", Event.HUGE_FILL, huge="always")
    large = [entry for entry in state.spaces[0].root.pages() if entry.size > PAGE_BYTES]
    assert [(entry.size, entry.frame % 512, entry.va % entry.size) for entry in large] == [(2 << 20, 0, 0)] * 2
    for entry in large:
        frames = [state.frame(entry.frame + i) for i in range(512)]
        assert {(frame.holds, frame.refs, len(frame.owners)) for frame in frames} == {(Holds.DATA, 1, 1)}
    spare = [frame for frame in state.frames if frame.holds is Holds.SPARE]
    assert [frame.refs for frame in spare] == [1, 1]  # F113: a table for each
