"""Whose process ends when a fault finds no frame (`oom`). F63, F68."""

import pytest

from emulator.base.names import Event
from tests.kernel.steps.test_out_of_memory import LEAST, PAGE, eat
from tests.running import call, label, leave, run, show, spawn, wait, words

pytestmark = pytest.mark.both_engines

SIGKILL = 9


SLEEP = "second: .dword 1, 0\n"


def beside(most):
    """A child has so many pages, says so in memory that it shares, and sleeps; then its parent stores to a hundred."""
    again = label()
    shared = call("mmap", 0, PAGE, 3, 0x21, -1, 0) + "mv s10, a0\n"
    child = eat(most) + "li t0, 1\nsd t0, 0(s10)\n" + call(101, "=second", 0)
    watch = f"{again}: {call('sched_yield')}ld t0, 0(s10)\nbeqz t0, {again}\n"
    return shared + spawn(child) + watch + eat(100)


def ran(text, **machine):
    """Run a program on the smallest machine."""
    return run(text, SLEEP, memory=LEAST * PAGE, max_instructions=100_000, **machine)


def test_as_a_rule_it_is_the_one_that_wants_a_frame():
    result = ran(beside(180))
    assert result.processes[0].signal == SIGKILL


def test_or_the_largest_and_the_access_is_made_again():
    text = beside(180) + wait(status="s10") + "lw s1, 0(s10)\nld s2, 0(s11)\n" + show("s1", "s2")
    result = ran(text, overrides={"oom": "largest"})
    assert words(result) == [SIGKILL, 100]
    assert result.exit_status == 0


def test_its_event_says_how_many_pages_it_had():
    result = ran(beside(180) + leave(0), overrides={"oom": "largest"})
    (event,) = result.events[result.events["kind"] == Event.SIGNAL]
    assert event["pid"] == 2
    assert 180 < event["value"] < LEAST


def test_the_largest_may_be_the_one_that_wants_it():
    result = ran(eat(LEAST), overrides={"oom": "largest"})
    assert result.exit_status == 128 + SIGKILL


def test_pages_that_are_swapped_out_count():
    """Most of what the child has is on the device when the parent finds no frame."""
    text = beside(300) + wait(status="s10") + "lw s1, 0(s10)\n" + show("s1")
    result = ran(text, swap="400KiB", overrides={"oom": "largest"})
    assert words(result) == [SIGKILL]
    assert result.counters["swap.out"] >= 50
