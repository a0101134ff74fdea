"""Every program on every machine: what a profile has and prices changes no outcome."""

from functools import cache
from pathlib import Path

import pytest

from emulator import Machine
from emulator.config import profile_names
from isa import Program

PROGRAMS = sorted(Path(__file__).parents[2].joinpath("programs").glob("*.s"))
MOST = 2_000_000  # instructions


def outcome(path, **machine):
    """What a program prints, how it ends, and how often it has used a stale TLB entry."""
    made = Machine(memory="64MiB", check_stale=True, **machine)
    made.spawn(Program.load(path))
    result = made.run(MOST)
    return result.exit_status, result.stdout, result.ended, result.counters["stale.uses"]


@cache
def on_skylake(path):
    return outcome(path)


@pytest.mark.parametrize("tlb", ["lru", "adversarial"])
@pytest.mark.parametrize("profile", profile_names())
def test_a_program_ends_alike_on_every_machine(profile, tlb):
    """The adversarial TLB does all that an architecture allows (F19, F21-F23), on top of a machine's own."""
    for path in PROGRAMS:
        found = outcome(path, profile=profile, tlb=tlb)
        assert found == on_skylake(path), path.name
        assert found[2:] == ("exit", 0), path.name
