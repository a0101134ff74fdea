"""Whole programs under another replacement policy: what they take is another matter, what they do is not."""

import pytest

from emulator import Machine
from emulator.config.replacement import POLICIES
from isa import Program, assemble
from tests.machine.few_entries import PROGRAMS, ROUND, SMALL
from tests.running import check

pytestmark = pytest.mark.both_engines


def run(program, policy, **settings):
    """The result of a program on a machine of few entries under one policy."""
    machine = Machine(memory="8MiB", overrides=SMALL | {"replacement": policy}, **settings)
    machine.spawn(program)
    return check(machine.run(max_instructions=1_000_000))


def done(result):
    """What a run does, whatever it takes."""
    names = ("instructions", "loads", "stores", "fault.total", "cow.copies", "zero.fills", "frames.allocated")
    return result.exit_status, result.stdout, [result.counters[name] for name in names]


OTHERS = pytest.mark.parametrize("policy", [policy.name for policy in POLICIES if policy.name != "lru"])


@OTHERS
@pytest.mark.parametrize("name", ["parent_writes_first", "self_modifying"])
def test_a_program_does_the_same_under_any_policy(name, policy):
    program = Program.load(PROGRAMS / f"{name}.s")
    assert done(run(program, policy)) == done(run(program, "lru"))


@OTHERS
@pytest.mark.parametrize("tlb", ["lru", "adversarial"])
def test_a_program_of_five_pages_does_the_same_with_other_misses(tlb, policy):
    program = assemble(ROUND)
    lru, other = (run(program, name, tlb=tlb) for name in ("lru", policy))
    assert done(other) == done(lru)
    assert (other.counters["tlb.l1d.misses"] != lru.counters["tlb.l1d.misses"]) == (tlb == "lru")
