"""The frame ledger: what was done with each frame, by whom, why, and how many references that left."""

from itertools import groupby

import numpy as np
import pytest

from emulator import Machine
from emulator.base.frame_names import FrameStep, FrameUse
from emulator.base.names import Event
from emulator.base.shipped import PROGRAMS
from emulator.kernel.accounts.frame_log import FrameLog
from isa import Program, assemble
from tests.running import ANONYMOUS, PAGE, READ_WRITE, SHARED, call, fork, leave, mmap, run, source

pytestmark = pytest.mark.both_engines

# A page is written, shared by a fork, copied by the child, and written by the parent when it is alone again.
SHARED_ONCE = (
    mmap(PAGE) + "mv s0, a0\nli t0, 1\nsd t0, 0(s0)\n" + fork("li t0, 2\nsd t0, 0(s0)\n", "li t0, 3\nsd t0, 0(s0)\n")
)


def ran(text=SHARED_ONCE, **machine):
    return run(text, ledger=True, **machine)


def page_of(result):
    """The frame of the page that SHARED_ONCE maps, and that of the child's copy."""
    (copied,) = result.events[result.events["kind"] == Event.COPY]
    return int(copied["frame_before"]), int(copied["frame_after"])


def steps(result, frame):
    return [(row.step.name, row.use.name, row.pid, row.refs) for row in result.ledger.of(frame)]


def test_F3_F4_the_history_of_a_page_that_a_fork_shares_and_the_child_copies():
    result = ran()
    page, copy = page_of(result)
    assert steps(result, page) == [
        ("TAKE", "ZEROS", 1, 1),
        ("SHARE", "FORK", 2, 2),
        ("DROP", "COPY", 2, 1),
        ("REUSE", "COPY", 1, 1),
        ("FREE", "EXIT", 1, 0),
    ]
    assert steps(result, copy) == [("TAKE", "COPY", 2, 1), ("FREE", "EXIT", 2, 0)]


def test_a_copy_names_the_frame_that_it_was_made_of_and_that_frame_its_copy():
    result = ran()
    page, copy = page_of(result)
    assert result.ledger.of(copy)[0].other == page
    assert [row.other for row in result.ledger.of(page) if row.use is FrameUse.COPY] == [copy, 0]


def test_rows_name_the_address_of_the_page_the_hart_s_clock_and_the_event_that_they_belong_to():
    result = ran()
    _, copy = page_of(result)
    (event,) = result.events[result.events["kind"] == Event.COPY]
    taken = result.ledger.of(copy)[0]
    assert result.events[taken.event] == event
    assert (taken.va, taken.hart) == (int(event["va"]), int(event["hart"]))
    assert event["cycle"] < taken.cycle <= event["cycle"] + event["cost"].sum()


def test_a_machine_keeps_no_ledger_unless_asked_and_runs_the_same_with_it():
    without, kept = run(SHARED_ONCE), ran()
    assert (len(without.ledger), without.ledger.of(5), without.ledger.frames()) == (0, (), [])
    assert without.counters == kept.counters
    assert without.costs == kept.costs
    assert np.array_equal(without.events, kept.events)


@pytest.mark.parametrize("step", list(FrameStep))
def test_each_row_is_a_line_that_says_who_when_and_how_many_references_are_left(step):
    result = ran()
    row = next(row for row in result.ledger if row.step is step)
    line = str(row)
    assert f"cycle {row.cycle:,}, hart {row.hart}, event {row.event}: " in line
    assert f"pid {row.pid}" in line
    assert line.endswith(f"; {row.refs} reference{'' if row.refs == 1 else 's'}")


PROGRAM_NAMES = sorted(path.stem for path in PROGRAMS.glob("*.s"))


def is_story(ledger):
    """Whether the rows of each frame are one story: free, then taken, shared and dropped one by one, then free."""
    for frame, rows in groupby(sorted(ledger, key=lambda row: row.frame), key=lambda row: row.frame):
        refs = 0
        for row in rows:
            assert (row.step is FrameStep.TAKE) == (refs == 0), (hex(frame), row)
            change = {FrameStep.TAKE: 1, FrameStep.SHARE: 1, FrameStep.REUSE: 0}.get(row.step, -1)
            assert row.refs == refs + change, (hex(frame), row)
            assert (row.step is FrameStep.FREE) == (row.refs == 0), (hex(frame), row)
            refs = row.refs
        assert refs == 0, hex(frame)  # F68
    return True


@pytest.mark.parametrize("name", ["fork_exec", "shared_anonymous", "three_generations", "vfork", "dontneed"])
def test_F68_what_a_program_does_to_each_frame_is_one_story_that_ends_with_it_free(name):
    machine = Machine(ledger=True, memory="16MiB", root=PROGRAMS)
    machine.spawn(Program.load(PROGRAMS / f"{name}.s"))
    result = machine.run()
    assert len(result.ledger) > 0
    assert is_story(result.ledger)


HUGE = 2 << 20


@pytest.mark.parametrize("fork_mode", ["cow", "eager", "cow-stack"])
def test_F111_so_it_is_with_huge_pages_forked_and_split(fork_mode):
    text = (
        mmap(2 * HUGE) + f"li t0, {HUGE - 1}\nadd s0, a0, t0\nnot t0, t0\nand s0, s0, t0\nsd s0, 0(s0)\n"
        + fork("sd s0, 8(s0)\n", f"sd s0, 16(s0)\n{call('munmap', 's0', PAGE)}")
    )  # fmt: skip
    result = run(text, ledger=True, huge="always", memory="32MiB", fork=fork_mode)
    assert result.exit_status == 0
    assert is_story(result.ledger)


def test_every_row_says_what_for():
    result = run(mmap(PAGE, READ_WRITE, SHARED | ANONYMOUS) + "sd a0, 0(a0)\n" + SHARED_ONCE, ledger=True)
    assert FrameUse.UNSAID not in {row.use for row in result.ledger}


def test_rows_beyond_what_is_kept_are_counted():
    machine = Machine(memory="8MiB")
    machine.core.frames = FrameLog(machine.world, True, most=10)
    machine.core.events._frames = machine.core.frames
    machine.spawn(assemble(source(SHARED_ONCE)))
    result = machine.run()
    assert len(result.ledger) == 10
    assert len(result.ledger) + result.ledger.left_out == len(ran().ledger)


def test_the_ledger_is_what_it_was_when_a_run_goes_back_and_on_again():
    machine = Machine(memory="8MiB", ledger=True)
    machine.spawn(assemble(source(SHARED_ONCE + leave(0))))
    machine.next("copy")
    here = list(machine.result("stop").ledger)
    assert machine.next("exit") is not None
    later = list(machine.result("stop").ledger)
    machine.previous("copy")
    assert list(machine.result("stop").ledger) == here
    machine.next("exit")
    assert list(machine.result("stop").ledger) == later
    assert len(later) > len(here) > 0
