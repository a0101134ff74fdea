"""What is told of a stale TLB entry that was used."""

import numpy as np
import pytest

from emulator.base.kernel_names import FlushCause, Mistake
from emulator.base.names import Access
from emulator.observe.stale import stale_uses
from emulator.world.checker import STALE_ROW
from tests.observe.made import WRITABLE, result, shown

ROW = {
    "hart": 2,
    "pc": 0x10000,
    "va": 0x3FB7A008,
    "access": Access.STORE,
    "cycle": 41_203,
    "uses": 4,
    "writer_pc": 0x10004,
    "writer_cycle": 38_100,
    "cause": FlushCause.UNMAP,
    "window": 3_103,
    "frame": 0x214,
    "freed": 2,
    "pte_before": WRITABLE,
}


def told(count=4, **changes):
    """The report of one row."""
    rows = np.zeros(1, STALE_ROW)
    for name, value in (ROW | changes).items():
        rows[name] = value
    return "".join(shown(text) for text in stale_uses(result(stale=rows, counters={"stale.uses": count})))


def test_a_stale_use_is_told_with_who_changed_the_pte_and_what_became_of_the_frame():
    assert told() == (
        "stale use   hart 2   store   story.s:2   sd t3, 8(t1)   va 0x3fb7a008\n"
        "  when     cycle 41,203, 3,103 cycles after its PTE was changed; used 4 times\n"
        "  change   hart 0, munmap, story.s:3 ecall: PTE rw-uad -> not present\n"
        "  mistake  no flush has reached the entry\n"
        "  flush    never reached hart 2\n"
        "  frame    0x214 had been handed out again: a security bug\n"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": Mistake.ASID_REUSED}, "mistake  the entry is of another address space, which had the same ASID"),
        ({"kind": Mistake.WRITTEN_OVER}, "hart 2's walk: PTE rw-uad -> not present"),
        ({"cause": -1}, "hart 0, no invalidation, story.s:3"),
        ({"late": 1}, "flush    had not yet reached hart 2"),
        ({"freed": 1}, "0x214 had been given back: a security bug"),
        ({"freed": 0}, "0x214 was still held"),
        ({"cause": FlushCause.COPY}, "hart 0, a copy-on-write fault, story.s:3"),
        ({"uses": 1}, "after its PTE was changed\n"),
        ({"writer_hart": -1}, "change   no longer known"),
    ],
)
def test_each_row_says_what_there_is_to_know(changes, words):
    assert words in told(**changes)


def test_uses_beyond_what_was_kept_are_counted():
    assert "3 more stale uses not told" in told(count=7)
