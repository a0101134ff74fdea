"""Every strategy under many schedules and the worst TLB that the architecture allows: nothing stale is ever used.

The programs change their mappings while other threads use them; no two of their threads race for the same word, so that
what they write is the same under every schedule.
"""

from functools import cache

import pytest

from emulator import Machine
from emulator.config.strategies import STRATEGIES
from isa import assemble
from tests.running import CHECKED, PAGE, PROT_READ, READ_WRITE, call, fork, label, mmap, run, show, source, words
from tests.threads import BSS, DATA, DONTNEED, threads

OTHERS = 3
MACHINE = {"tlb": "adversarial", "memory": "2MiB", "overrides": {"quantum": "3000"}}
BOXES = DATA + "\n.balign 4096\nboxes: .space 64 * 4\nsums: .space 64\n.balign 4096"


def own_words():
    """Each thread counts in a word of its own of one page, and looks that none is lost, while the first one forks."""
    wrong, fine = label(), label()
    use = f"""slli t1, s3, 3
    add t1, t1, s0
    ld t2, 8(t1)
    beq t2, s8, {fine}
    {wrong}: ebreak
    {fine}: addi s8, s8, 1
    sd s8, 8(t1)"""
    look = "ld t2, 8(s0)\nsd t2, 256(s0)\nld t3, 8(s0)\nxor s8, t2, t3\n" + call("exit", "s8")
    change = times(4, lambda: fork(look, status="=boxes") + "lw t3, boxes\nadd s10, s10, t3\naddi s10, s10, 1\n")
    return threads(change, use, OTHERS, warm="li s8, 0", after=show("s10"))


def post(pointer):
    """Hand a pointer to each thread's box and wait until each has taken it."""
    loop, wait = label(), label()
    return f"""fence
    la t0, boxes
    li t1, {OTHERS}
{loop}: sd {pointer}, 0(t0)
    addi t0, t0, 64
    addi t1, t1, -1
    bnez t1, {loop}
    la t0, boxes
    li t1, {OTHERS}
{wait}: ld t2, 0(t0)
    bnez t2, {wait}
    addi t0, t0, 64
    addi t1, t1, -1
    bnez t1, {wait}
    fence
"""


def handed(change):
    """The first thread hands pages to the others, who add up what is there and in the next page, and changes them."""
    nothing = label()
    use = f"""la t1, boxes
    slli t2, s3, 6
    add t1, t1, t2
    ld t2, 0(t1)
    beqz t2, {nothing}
    fence
    li t4, {PAGE}
    add t4, t4, t2
    ld t3, 0(t2)
    add s8, s8, t3
    ld t3, 8(t4)
    add s8, s8, t3
    fence
    sd zero, 0(t1)
{nothing}:"""
    finish = "la t1, sums\nslli t2, s3, 3\nadd t1, t1, t2\nsd s8, 0(t1)"
    after = "la t1, sums\nld s8, 0(t1)\nld s9, 8(t1)\nld s10, 16(t1)\n" + show("s8", "s9", "s10")
    return threads(change, use, OTHERS, warm="li s8, 0", finish=finish, after=after)


def times(count, piece):
    """`count` pieces of source, each with labels of its own."""
    return "li s10, 0\n" + "".join(piece() for _ in range(count))


WRITE = f"addi s10, s10, 1\nli t4, {PAGE}\nadd t4, t4, s9\nsd s10, 0(s9)\nsd s10, 8(t4)\n"
MAP = mmap(2 * PAGE) + "mv s9, a0\n"
UNMAP = call("munmap", "s9", 2 * PAGE)
FREEZE, THAW = call("mprotect", "s9", 2 * PAGE, PROT_READ), call("mprotect", "s9", 2 * PAGE, READ_WRITE)
DISCARD = call(233, "s9", 2 * PAGE, DONTNEED)
PROGRAMS = {
    "fork": (own_words(), [4]),
    "munmap": (handed(times(4, lambda: MAP + WRITE + post("s9") + UNMAP)), [20] * OTHERS),
    "mprotect": (handed(MAP + times(4, lambda: WRITE + FREEZE + post("s9") + THAW)), [20] * OTHERS),
    "discard": (handed(MAP + times(3, lambda: WRITE + post("s9") + DISCARD + post("s9"))), [12] * OTHERS),
    "racing": (
        threads(times(4, lambda: call(233, "s0", PAGE, DONTNEED) + "sd s10, 0(s0)\n"), "ld t1, 0(s0)", OTHERS),
        [],
    ),  # what the others read is nowhere written
}
FLUSHES = ["ceiling:0", "ceiling:1", "asid", "full"] + [
    f"ceiling:33+{strategy.name}{':2' if strategy.argument else ''}"
    for strategy in STRATEGIES
    if strategy.group != "reach"
]
MIXED = ["asid+lazy+gen:1+concurrent", "ceiling:1+early-ack+lazy+upgrade+fork-regions", "ceiling:8+broadcast+cow-local"]
SEEDS = 6
# Mistakes of a plain kernel. The others need fewer ASIDs, a hart that is away, a strategy: `pagewalk check --bugs`.
SHOWN = (
    *("missing-remote", "early-ack", "no-wait", "free-first", "late-fill", "cow-no-local"),
    *("unmarked-discard", "first-page-only", "fork-local-flush", "early-frames"),
)


@cache
def assembled(name):
    """A program; assembling takes longer than a run."""
    return assemble(source(PROGRAMS[name][0], BOXES, BSS))


def try_schedules(name, flush, harts, seeds):
    """Run a program under some schedules with the adversarial TLB; `run` asserts that no stale entry is used."""
    for seed in seeds:
        result = run(assembled(name), harts=harts, flush=flush, schedule=f"seed:{seed}", **MACHINE)
        assert (result.ended, result.exit_status) == ("exit", 0), (name, flush, harts, seed)
        assert words(result) == PROGRAMS[name][1], (name, flush, harts, seed)


@pytest.mark.both_engines
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_without_races_write_the_same_under_every_schedule(name):
    try_schedules(name, "ceiling:33", 3, [1])


@pytest.mark.slow
@pytest.mark.parametrize("flush", FLUSHES + MIXED)
def test_no_strategy_lets_a_stale_entry_be_used_under_any_schedule(flush):
    """F45: over all strategies, more than a thousand schedules."""
    assert len(FLUSHES + MIXED) * len(PROGRAMS) * 2 * SEEDS > 1000
    for place, name in enumerate(PROGRAMS):
        for harts in (2, 4):
            try_schedules(name, flush, harts, range(100 * place, 100 * place + SEEDS))


@pytest.mark.slow
@pytest.mark.parametrize("bug", SHOWN)
def test_random_schedules_find_what_these_programs_can_show(bug):
    """The same programs, schedules and TLBs on a kernel that makes one mistake: what the test above can see."""
    found = 0
    for name in PROGRAMS:
        for seed in range(SEEDS):
            settings = MACHINE | {"overrides": {**MACHINE["overrides"], "bug": bug}}
            here = Machine(harts=4, check_stale=CHECKED, schedule=f"seed:{seed}", **settings)
            here.spawn(assembled(name))
            found += here.run(300_000).counters["stale.uses"]
    assert found > 0
