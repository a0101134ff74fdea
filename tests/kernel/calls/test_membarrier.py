"""membarrier(2): a fence on every hart that runs the process, by an interrupt."""

import errno

import pytest

from emulator.base.kernel_names import FlushCause
from emulator.config import load_profile
from tests.running import call, fork, run, show, words
from tests.threads import BSS, DATA, threads

pytestmark = pytest.mark.both_engines

QUERY, GLOBAL, PRIVATE, REGISTER = 0, 1, 8, 16
SHOW_A0 = "mv s11, a0\n" + show("s11")
REGISTERED = call(283, REGISTER, 0, 0)
PRICE = {name: row.cycles for name, row in load_profile("skylake").price.items()}


def ran(text, harts=2):
    """Run a program that has the data of `tests.threads`."""
    return run(text, DATA, BSS, harts=harts)


def test_a_query_says_what_there_is():
    assert words(ran(call(283, QUERY, 0, 0) + SHOW_A0)) == [GLOBAL | PRIVATE | REGISTER]


@pytest.mark.parametrize(("command", "flags"), [(2, 0), (1 << 20, 0), (-1, 0), (GLOBAL, 1)])
def test_what_there_is_not_is_refused(command, flags):
    assert words(ran(call(283, command, flags, 0) + SHOW_A0)) == [-errno.EINVAL]


def test_an_expedited_barrier_wants_a_registration():
    text = call(283, PRIVATE, 0, 0) + SHOW_A0 + REGISTERED + SHOW_A0 + call(283, PRIVATE, 0, 0) + SHOW_A0
    assert words(ran(text)) == [-errno.EPERM, 0, 0]


def test_a_registration_is_inherited():
    assert words(ran(REGISTERED + fork(call(283, PRIVATE, 0, 0) + SHOW_A0))) == [0]


@pytest.mark.parametrize("others", [1, 3])
def test_a_barrier_interrupts_the_harts_that_run_the_process(others):
    result = ran(threads(REGISTERED + call(283, PRIVATE, 0, 0), "", others), others + 1)
    (row,) = result.invalidations[result.invalidations["cause"] == FlushCause.BARRIER]
    assert (row["told"], row["ipis"]) == (others, others)
    assert row["stolen"] == others * PRICE["ipi_serve"]


def test_a_barrier_invalidates_nothing():
    result = ran(threads(REGISTERED + call(283, PRIVATE, 0, 0), "", 1))
    (row,) = result.invalidations[result.invalidations["cause"] == FlushCause.BARRIER]
    assert (row["dropped"], row["own"]) == (0, 0)
    assert result.counters["flush.page"] == 0


def test_a_barrier_of_a_process_with_one_thread_interrupts_nobody():
    assert ran(REGISTERED + call(283, PRIVATE, 0, 0), 4).counters["shootdown.ipis"] == 0


def test_a_barrier_spares_the_harts_of_other_processes():
    text = REGISTERED + fork("li t1, 3000\n1: addi t1, t1, -1\nbnez t1, 1b\n", meanwhile=call(283, PRIVATE, 0, 0))
    assert ran(text).counters["shootdown.ipis"] == 0
