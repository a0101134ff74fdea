"""Whole programs under another replacement policy: what they take is another matter, what they do is not."""

from pathlib import Path

import pytest

from emulator import Machine
from emulator.config.replacement import POLICIES
from isa import Program, assemble
from tests.running import check

pytestmark = pytest.mark.both_engines

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = {f"{array}.ways": "4" for array in ("tlb.l1i", "tlb.l1d", "tlb.l2", "cache.l1i", "cache.l1d")}
SMALL |= {"tlb.l1i.entries": "4", "tlb.l1d.entries": "4", "tlb.l2.entries": "8"}
SMALL |= {"cache.l1i.size": "256", "cache.l1d.size": "256", "cache.l2.size": "512", "cache.l3.size": "1KiB"}

# Five pages in an order in which a third is used again before a fourth is: 1 2 3 1 4 5, again and again.
ROUND = """
    .equ PAGE, 4096
    _start:
        la s0, pages
        li s1, 50
        li s2, 0
    again:
    .irp page, 1, 2, 3, 1, 4, 5
        li t0, \\page * PAGE
        add t0, t0, s0
        ld t1, (t0)
        addi t1, t1, \\page
        sd t1, (t0)
        add s2, s2, t1
    .endr
        addi s1, s1, -1
        bnez s1, again
        andi a0, s2, 0xFF
        li a7, 93
        ecall
    .bss
    .balign PAGE
    pages: .space 6 * PAGE
"""


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
    assert other.counters["cache.l1d.misses"] != lru.counters["cache.l1d.misses"]
    assert (other.counters["tlb.l1d.misses"] != lru.counters["tlb.l1d.misses"]) == (tlb == "lru")
