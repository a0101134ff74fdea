"""Loads that depend on no other wait for a share: which they are, and what they wait."""

import numpy as np
import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.config import Config
from emulator.hardware.build import build
from emulator.hardware.decode import decoded_page
from emulator.hardware.dependence import WINDOW
from emulator.world.hart import APART
from isa import assemble
from tests.running import check

PAGES = 64


def apart(source):
    """Of each load of a page of code, whether it is taken to depend on no other."""
    segment = assemble("_start:\n" + source).segments[0]
    words = np.zeros(1 << 17, np.int64)
    code = bytes(segment.data)[:4096]
    words.view(np.uint8)[: len(code)] = np.frombuffer(code, np.uint8)
    world = build(Config.make(memory="1MiB", overrides={"overlap.walkers": "2"}), words)
    start = decoded_page(world, 0, 0)
    loads = (int(packed) for packed in world.chip.code[start : start + 1024] if 10 <= packed & 0xFF <= 16)
    return [packed >> 24 & 0xFF == APART for packed in loads]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ld t0, (s0)\n ld t1, (s1)", [True, True]),
        ("ld t0, (s0)\n ld t1, (t0)", [True, False]),
        ("ld t0, (s0)\n slli t1, t0, 3\n add t2, s1, t1\n ld t3, (t2)", [True, False]),
        ("ld t0, (s0)\n li t0, 64\n ld t1, (t0)", [True, True]),
        ("ld t0, (s0)\n mv t0, s1\n ld t1, (t0)", [True, True]),
        ("amoadd.d t0, t1, (s0)\n ld t1, (t0)", [False]),
        ("ld t0, (s0)\n sd t0, (s1)\n ld t1, (s1)", [True, True]),  # memory is not followed
        ("lw t0, (s0)\n" + "nop\n" * (WINDOW - 2) + "lw t1, (t0)", [True, False]),
        ("lw t0, (s0)\n" + "nop\n" * (WINDOW - 1) + "lw t1, (t0)", [True, True]),
        ("1: ld t0, (t0)\n bnez t0, 1b", [False]),  # a chase
        ("1: ld t1, (s0)\n addi s0, s0, 8\n bne s0, s1, 1b", [True]),  # a stride
        ("1: ld t1, (s0)\n add s0, s0, t1\n bne s0, s1, 1b", [False]),
        ("1: ld t1, (s0)\n ld s0, 8(s2)\n j 1b", [False, True]),
        ("1: ld t1, (s0)\n" + "nop\n" * WINDOW + "mv s0, t1\n j 1b", [True]),  # longer than the window
    ],
)
def test_a_load_depends_on_another_if_its_address_comes_of_it(source, expected):
    assert apart(source) == expected


def run(body, **overlap):
    """A run of PAGES loads, `body`, each from another page of which the loads before it tell the next."""
    source = f"""
        .equ PAGES, {PAGES}
        _start:
            la s0, pages
            mv t0, s0
            li t1, 4096
            li t2, PAGES
        1:  add t3, t0, t1
            sd t3, (t0)
            mv t0, t3
            addi t2, t2, -1
            bnez t2, 1b
            li s1, 20
        2:  li t2, PAGES
            mv t0, s0
        3:  {body}
            addi t2, t2, -1
            bnez t2, 3b
            addi s1, s1, -1
            bnez s1, 2b
            li a0, 0
            li a7, 93
            ecall
        .bss
        .balign 4096
        pages: .space (PAGES + 1) * 4096
    """
    small = {"tlb.l1d.entries": "4", "tlb.l2.entries": "8", "tlb.l2.ways": "4"}
    machine = Machine(memory="8MiB", overrides=small | {f"overlap.{key}": str(value) for key, value in overlap.items()})
    machine.spawn(assemble(source))
    return check(machine.run(max_instructions=1_000_000))


CHASE, STRIDE = "ld t0, (t0)", "ld t3, (t0)\n add t0, t0, t1"
SHARED = {"walk", "tlb.l2", "cache.l2", "cache.l3", "cache.dram"}
IN_FLIGHT = ({}, {"walkers": 2}, {"loads": 10}, {"walkers": 6, "loads": 4})


@pytest.mark.both_engines
def test_loads_that_depend_on_each_other_take_what_they_take_however_many_are_in_flight():
    costs = [run(CHASE, **in_flight).costs for in_flight in IN_FLIGHT]
    assert costs[1:] == [costs[0]] * 3


@pytest.mark.both_engines
def test_loads_that_do_not_share_what_they_wait_for():
    plain, walkers, loads, both = (run(STRIDE, **in_flight).costs for in_flight in IN_FLIGHT)
    assert plain["walk"] == loads["walk"] > walkers["walk"] > both["walk"]
    assert plain["cache.l2"] == walkers["cache.l2"] > both["cache.l2"] > loads["cache.l2"]
    for costs in (walkers, loads, both):
        assert {name for name in costs if costs[name] != plain[name]} <= {
            "walk",
            "tlb.l2",
            "cache.l2",
            "cache.l3",
            "cache.dram",
        }


@pytest.mark.both_engines
def test_a_walk_that_is_shared_by_two_walkers_takes_half():
    """20 rounds of 64 pages of which none is found again: each of their walks takes as much as the next."""
    plain, walkers = run(STRIDE), run(STRIDE, walkers=2)
    assert plain.counters["walk.count"] == walkers.counters["walk.count"] >= 20 * PAGES
    saved = plain.costs["walk"] - walkers.costs["walk"]
    assert saved == plain.cycles - walkers.cycles
    assert 0.4 < saved / plain.costs["walk"] <= 0.5  # stores and fetches walk, too, and a half is rounded up


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("overlap.walkers", "0", r"overlap\.walkers: 0 in flight; 1 to 1024 is right"),
        ("overlap.loads", "2000", r"overlap\.loads: 2000 in flight; 1 to 1024 is right"),
        ("overlap.walker", "2", r"'overlap\.walker' is unknown; did you mean 'overlap\.walkers'\?"),
    ],
)
def test_an_overlap_that_cannot_be_is_refused(key, value, error):
    with pytest.raises(ConfigError, match=error):
        Config.make(overrides={key: value})
