"""Fork that shares last-level page tables (`--fork shared-tables`): F1-F4, F23, F45, F60-F68 hold as they do with cow.

What is counted follows from how small these programs are: the program has one last-level table, its stack another.
"""

import pytest

from emulator.base.names import Event
from tests.running import (
    ANONYMOUS,
    FIXED,
    PAGE,
    PRIVATE,
    PROT_READ,
    SHARED,
    call,
    faults,
    fork,
    leave,
    mmap,
    run,
    show,
    the,
    words,
)

pytestmark = pytest.mark.both_engines

TABLES = {"fork": "shared-tables"}
FORMATS = ["sv39", "sv48", "x86-64", "arm64"]
DENY_WRITES = ["x86-64", "arm64"]  # their pointers can
PAGE_OF_ONE = "d: .dword 1"
D = "la s0, d\n"
FLIP = "li t0, 2\nsd t0, 0(s0)\n"
TELL = "ld s1, 0(s0)\n" + show("s1")
SPAN = 1 << 21  # bytes that a last-level table maps
MADV_DONTNEED, MADV_DONTFORK, MADV_COLLAPSE = 4, 10, 25


def arena(pages, flags=PRIVATE | ANONYMOUS):
    """Map so many pages at the beginning of a last-level table of their own; s0 has the address."""
    return mmap(pages * PAGE, flags=flags | FIXED, hint=0x2000_0000) + "mv s0, a0\n"


@pytest.mark.parametrize("paging", FORMATS)
def test_F1_a_load_after_fork_faults_in_neither_process(paging):
    assert faults(run(D + fork("ld t0, 0(s0)", "ld t0, 0(s0)"), PAGE_OF_ONE, paging=paging, **TABLES)) == []


@pytest.mark.parametrize("paging", FORMATS)
@pytest.mark.parametrize("writer", ["child", "parent"])
def test_F3_each_process_sees_its_own_store_and_the_other_the_old_bytes(writer, paging):
    child = FLIP if writer == "child" else ""
    parent = FLIP if writer == "parent" else ""
    result = run(D + fork(child + TELL, parent + TELL), PAGE_OF_ONE, paging=paging, **TABLES)
    assert words(result) == ([2, 1] if writer == "child" else [1, 2])


@pytest.mark.parametrize("paging", FORMATS)
def test_a_child_gets_a_share_of_each_last_level_table_and_no_frame_for_one(paging):
    text, copying = D + fork(""), {"paging": paging}
    shared, copied = run(text, PAGE_OF_ONE, **copying, **TABLES), run(text, PAGE_OF_ONE, **copying)
    assert shared.counters["fork.tables_shared"] == 2
    assert shared.counters["fork.tables_copied"] == copied.counters["fork.tables_shared"] == 0
    assert copied.counters["frames.allocated"] - shared.counters["frames.allocated"] == 2


@pytest.mark.parametrize("paging", FORMATS)
def test_F64_a_pointer_that_can_deny_writes_spares_the_ptes(paging):
    counters = run(fork(""), PAGE_OF_ONE, paging=paging, **TABLES).counters
    assert counters["fork.write_protected"] == (0 if paging in DENY_WRITES else 2)  # the data page, the stack's
    assert counters["flush.asid"] == run(fork(""), PAGE_OF_ONE, paging=paging).counters["flush.asid"]


def test_F64_a_table_that_others_share_already_is_not_made_read_only_again():
    """The second child is begun while the first is there: on RISC-V, too, it takes a pointer alone."""
    waits = call("wait4", -1, 0, 0, 0)
    text = arena(64) + touch(64) + call("clone", 17, 0, 0, 0, 0) + "bnez a0, 1f\n" + "ld t0, 0(s0)\n" + leave(0)
    text += "1: " + call("clone", 17, 0, 0, 0, 0) + "bnez a0, 2f\n" + leave(0) + "2: " + waits + waits
    result = run(text, **TABLES)
    first, second = (int(event["pages"]) for event in result.events if event["kind"] == Event.FORK)
    assert first >= 64 > second


def touch(pages):
    """Store to so many pages from s0 on; t0-t2 are lost."""
    return f"mv t0, s0\nli t1, {pages}\nli t2, {PAGE}\n3: sd t1, 0(t0)\nadd t0, t0, t2\naddi t1, t1, -1\nbnez t1, 3b\n"


@pytest.mark.parametrize("paging", FORMATS)
def test_F3_the_first_store_copies_the_table_and_the_page_the_second_its_page_alone(paging):
    store_two = f"sd zero, 0(s0)\nli t1, {PAGE}\nadd t1, t1, s0\nsd zero, 0(t1)\n"
    result = run(arena(3) + touch(3) + fork(store_two), paging=paging, **TABLES)
    copies = result.events[result.events["kind"] == Event.COPY]
    assert [int(event["tables"]) for event in copies] == [1, 0]
    assert result.counters["fork.tables_copied"] == 1


@pytest.mark.parametrize("paging", FORMATS)
def test_F4_who_is_left_with_a_table_keeps_it_and_its_pages(paging):
    """The child is gone: nothing is copied. A pointer that denied writes was all there was in the way."""
    result = run(arena(1) + touch(1) + fork("", FLIP), paging=paging, **TABLES)
    assert faults(result) == (["ZERO_FILL", "UPGRADE"] if paging in DENY_WRITES else ["ZERO_FILL", "REUSE"])
    assert result.counters["fork.tables_copied"] == result.counters["cow.copies"] == 0


@pytest.mark.parametrize("paging", FORMATS)
def test_F4_three_sharers_copy_the_table_twice_and_the_last_keeps_it(paging):
    result = run(arena(1) + touch(1) + fork(fork(FLIP, FLIP), FLIP), paging=paging, **TABLES)
    assert faults(result) == ["ZERO_FILL", "COPY", "COPY", "REUSE"]
    assert result.counters["fork.tables_copied"] == 2


def test_F61_a_page_counts_a_shared_table_once_and_tells_its_owners_all_the_same():
    result = run(D + fork(FLIP), PAGE_OF_ONE, **TABLES)
    event = the(result, Event.COPY)
    assert event["owners"] == 2
    assert set(event["sharers"][:2]) == {1, 2}


CHANGES = {
    "munmap": call("munmap", "s0", PAGE) + "ld t0, 0(s0)",
    "mprotect": call("mprotect", "s0", PAGE, PROT_READ) + "sd zero, 0(s0)",
    "madvise": call("madvise", "s0", PAGE, MADV_DONTNEED) + f"ld s1, 0(s0)\n{show('s1')}",
    "mmap": mmap(PAGE, flags=PRIVATE | ANONYMOUS | FIXED, hint=0x2000_0000) + f"ld s1, 0(s0)\n{show('s1')}",
}


@pytest.mark.parametrize("paging", FORMATS)
@pytest.mark.parametrize("change", CHANGES)
def test_F67_what_a_child_does_to_its_memory_is_not_done_to_the_parents(change, paging):
    ends = change in ("munmap", "mprotect")
    result = run(arena(2) + touch(2) + fork(CHANGES[change], TELL), paging=paging, **TABLES)
    assert words(result) == ([2] if ends else [0, 2])
    assert result.processes[1].signal == (11 if ends else None)
    assert result.counters["fork.tables_copied"] >= 1


@pytest.mark.parametrize("paging", FORMATS)
def test_F6_a_page_that_is_touched_after_the_fork_is_the_touchers_own(paging):
    """The first touch of a page changes a PTE, too: the table becomes one's own first."""
    tell = f"ld s1, 0(t3)\n{show('s1')}"
    far = f"li t3, {PAGE}\nadd t3, t3, s0\n"
    result = run(arena(2) + touch(1) + far + fork("sd t3, 0(t3)\n", far + tell), paging=paging, **TABLES)
    assert words(result) == [0]


def test_F60_a_table_with_a_shared_mapping_is_not_shared():
    text = arena(1) + touch(1) + mmap(PAGE, flags=SHARED | ANONYMOUS | FIXED, hint=0x2000_0000 + PAGE)
    text += "mv s0, a0\nsd zero, 0(s0)\n" + fork(FLIP, TELL)
    result = run(text, **TABLES)
    assert words(result) == [2]
    assert result.counters["fork.tables_shared"] == 2


def test_a_table_with_something_that_a_child_is_not_to_inherit_is_not_shared():
    text = arena(2) + touch(2) + call("madvise", "s0", PAGE, MADV_DONTFORK) + fork("ld t0, 0(s0)", TELL)
    result = run(text, **TABLES)
    assert result.processes[1].signal == 11
    assert result.counters["fork.tables_shared"] == 2


def test_F110_a_range_whose_table_is_shared_becomes_a_huge_page_of_ones_own():
    collapse = call("madvise", "s0", SPAN, MADV_COLLAPSE) + "mv s2, a0\nld s1, 0(s0)\n" + show("s1", "s2")
    result = run(arena(512) + touch(1) + fork(collapse, FLIP + TELL), memory="16MiB", **TABLES)
    assert words(result) == [1, 0, 2]
    assert result.counters["huge.collapses"] == 1
    assert result.counters["fork.tables_copied"] == 2  # that of the range, and the program's, to tell of it


@pytest.mark.parametrize("paging", FORMATS)
@pytest.mark.parametrize("schedule", ["time", "seed:3"])
@pytest.mark.parametrize("tlb", ["lru", "adversarial"])
def test_F45_no_thread_uses_what_a_shared_table_no_longer_grants(tlb, schedule, paging):
    """A thread on another hart writes on while its process forks and while its tables become its own (F21-F23)."""
    thread = call("clone", 0x10900 | 0x200 | 0x800, "s2", 0, 0, 0) + "bnez a0, 1f\n"
    writer = "li t1, 60\n2: ld t0, 0(s0)\naddi t0, t0, 1\nsd t0, 0(s0)\naddi t1, t1, -1\n"
    text = arena(4) + touch(4) + f"li s2, {2 * PAGE}\nadd s2, s2, s0\n" + thread + writer + "bnez t1, 2b\n"
    text += leave(0).replace("li a7, 94", "li a7, 93") + "1: "
    for _ in range(3):
        text += fork("ld t0, 0(s0)\nsd zero, 0(s0)\n", f"li t3, {PAGE}\nadd t3, t3, s0\nsd t3, 0(t3)\n")
    result = run(text, harts=2, tlb=tlb, schedule=schedule, paging=paging, **TABLES)
    assert result.exit_status == 0
    assert result.counters["stale.uses"] == 0


@pytest.mark.parametrize("paging", FORMATS)
def test_F21_no_walk_begins_at_the_pointer_to_a_table_that_is_ones_own_no_more(paging):
    """The parent's walk caches know the shared table from its load; its store copies that; then it walks once more."""
    meanwhile = f"ld t0, 0(s0)\nsd t0, 0(s0)\nli t3, {PAGE}\nadd t3, t3, s0\nld t1, 0(t3)\nsd t1, 0(t3)\n"
    result = run(arena(2) + touch(2) + fork("ld t0, 0(s0)", meanwhile=meanwhile), paging=paging, **TABLES)
    assert result.counters["fork.tables_copied"] == 1
    assert result.counters["stale.uses"] == 0
