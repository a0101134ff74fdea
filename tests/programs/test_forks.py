"""Every program under every way to fork, on every format of page tables: how memory is shared changes no outcome."""

from functools import cache
from itertools import product
from pathlib import Path

import pytest

from emulator import Machine
from emulator.config.settings import BY_NAME
from isa import Program

PROGRAMS = sorted(Path(__file__).parents[2].joinpath("programs").glob("*.s"))
MODES = ("eager", "cow-stack", "shared-tables")
FORMATS = ("sv39", "sv57", "x86-64", "arm64")
MOST = 2_000_000  # instructions


def outcome(path, **machine):
    """What a program prints, how it ends, how often it has used a stale TLB entry, and what it has left behind."""
    made = Machine(memory="64MiB", check_stale=True, **machine)
    made.spawn(Program.load(path))
    result = made.run(MOST)
    counters = result.counters
    return result.exit_status, result.stdout, result.ended, counters["stale.uses"], counters["frames.leaked"]


@cache
def with_cow(path):
    return outcome(path)


def test_the_modes_are_those_there_are():
    assert {"cow", *MODES} == {word for word, _ in BY_NAME["fork"].kind.known}


@pytest.mark.parametrize(("fork", "paging", "tlb"), list(product(MODES, FORMATS, ["lru", "adversarial"])))
def test_F8_a_program_ends_alike_however_fork_shares_its_memory(fork, paging, tlb):
    """The adversarial TLB does all that an architecture allows (F19, F21-F23); nothing leaks (F68)."""
    for path in PROGRAMS:
        found = outcome(path, fork=fork, paging=paging, tlb=tlb)
        assert found == with_cow(path), path.name
        assert found[2:] == ("exit", 0, 0), path.name
