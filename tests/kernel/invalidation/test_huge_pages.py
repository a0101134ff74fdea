"""Huge pages that other harts use while they are dropped, cut, split and made: no strategy leaves them a stale one."""

import pytest

from emulator import Machine
from emulator.base.kernel_names import FlushCause
from isa import assemble
from tests.running import ANONYMOUS, FIXED, PAGE, PRIVATE, PROT_READ, READ_WRITE, call, fork, run, source
from tests.threads import BSS, DATA, DONTNEED, threads

HUGE = 2 << 20
PLACE = 0x40000000
COLLAPSE = 25
READY = call("mmap", PLACE, 2 * HUGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0)
READY += f"li s8, {PLACE}\nli t0, 7\nsd t0, 8(s8)\nli t0, {PLACE + 5 * PAGE}\nsd t0, 8(t0)\n"
USE = f"ld s9, 8(s8)\nli s10, {PLACE + 5 * PAGE}\nld s11, 8(s10)\n"
CHANGES = {
    "dropped": call("madvise", PLACE, HUGE, DONTNEED),
    "split for a page dropped": call("madvise", PLACE + 5 * PAGE, PAGE, DONTNEED),
    "split for a page protected": call("mprotect", PLACE + 5 * PAGE, PAGE, PROT_READ) + "li t0, 9\nsd t0, 8(s8)\n",
    "shared by fork and stored to": fork("li t0, 9\nsd t0, 8(s8)\n", "li t0, 9\nsd t0, 16(s8)\n"),
    "split and collapsed": call("madvise", PLACE + PAGE, PAGE, DONTNEED) + call("madvise", PLACE, HUGE, COLLAPSE),
    "unmapped beside": call("munmap", PLACE + 9 * PAGE, 2 * HUGE - 9 * PAGE),
}
STRATEGIES = (
    *("ceiling:33", "asid+lazy", "full", "ceiling:33+broadcast", "ceiling:33+tlbi-range", "ceiling:33+invlpgb:2"),
    *(
        "ceiling:33+directory",
        "ceiling:33+latr",
        "ceiling:33+batch",
        "ceiling:33+gather:2",
        "ceiling:33+luf",
        "ceiling:33+rar",
    ),
    *("ceiling:600+svinval", "ceiling:33+abis", "ceiling:33+numapte", "ceiling:33+early-ack+concurrent+cow-local"),
    *("ceiling:33+upgrade+valid-fence", "ceiling:33+gen:1+lazy+fork-regions"),
)


def program(change):
    """The source of a program whose second thread uses a huge page while the first one changes it."""
    return READY + threads(change, USE, warm=USE)


@pytest.mark.parametrize("tlb", ["lru", "adversarial"])
@pytest.mark.parametrize("flush", STRATEGIES)
def test_F114_no_strategy_leaves_another_hart_a_stale_huge_page(flush, tlb):
    for change in CHANGES.values():
        run(program(change), DATA, BSS, harts=2, huge="always", flush=flush, tlb=tlb, memory="32MiB")


@pytest.mark.parametrize("change", ["dropped", "split for a page dropped", "split and collapsed"])
def test_F45_a_hart_that_is_not_told_is_found_to_use_it(change):
    machine = Machine(harts=2, huge="always", memory="32MiB", check_stale=True, overrides={"bug": "missing-remote"})
    machine.spawn(assemble(source(program(CHANGES[change]), DATA, BSS)))
    assert machine.run(1_000_000).counters["stale.uses"] > 0


def test_F114_another_hart_is_told_once_and_drops_one_entry():
    result = run(program(CHANGES["dropped"]), DATA, BSS, harts=2, huge="always", memory="32MiB")
    (row,) = result.invalidations[result.invalidations["cause"] == FlushCause.DISCARD]
    assert (row["pages"], row["ipis"]) == (512, 1)
    assert result.per_hart[1][0]["flush.page"] == 1
