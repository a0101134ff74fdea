"""munmap gives back the page tables that no region needs any more, as Linux does (free_pgtables), with one flush."""

import signal

import pytest

from emulator.base.kernel_names import Mistake
from tests.kernel.invalidation.laws import (
    PRICE,
    SLEEPER,
    WAKE,
    answer_time,
    each_page,
    mapped,
    marked,
    measured,
    paid,
    rows,
)
from tests.kernel.invalidation.test_stale_entries import broken
from tests.running import PAGE, call, leave, run
from tests.threads import BSS, DATA, DONTNEED

FAR = 1 << 33  # an address with nothing around it: tables of two levels are its own
FIXED = 0x32  # MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS
LATE = 60


def far(pages, at=FAR):
    """Map pages at an address far from all others and write them."""
    return call("mmap", at, pages * PAGE, 3, FIXED, -1, 0) + "mv s8, a0\n" + each_page(pages, "sd t1, 0(t0)")


def unmapped(pages=1):
    return marked(call("munmap", "s8", pages * PAGE))


@pytest.mark.both_engines
def test_the_tables_of_a_mapping_that_stands_alone_go_with_it_in_one_flush():
    (row,) = rows(run(far(1) + unmapped()))
    assert (row["pages"], row["tables"], row["over"]) == (1, 1, 1)


def test_a_pointer_s_price_and_each_frame_s_are_what_it_takes():
    with_tables, without = (paid(run(text + unmapped())) for text in (far(1), mapped(1)))
    assert with_tables["kernel.pte"] - without["kernel.pte"] == PRICE["pte"]
    assert with_tables["kernel.alloc"] - without["kernel.alloc"] == 2 * PRICE["free"]


def test_more_mappings_than_there_is_memory_for_tables_follow_each_other():
    """Each needs a table of its own; there are 512 frames."""
    body = call("mmap", "s7", PAGE, 3, FIXED, -1, 0) + "mv s8, a0\nsd s8, 0(s8)\n" + call("munmap", "s8", PAGE)
    text = f"li s7, {FAR}\nli s6, 600\nli s5, {1 << 21}\n1: {body}add s7, s7, s5\naddi s6, s6, -1\nbnez s6, 1b\n"
    result = run(text + leave(7), memory="2MiB")
    assert (result.exit_status, result.counters["frames.leaked"]) == (7, 0)


@pytest.mark.parametrize(("apart", "tables"), [(PAGE, 0), (1 << 21, 1), (1 << 30, 1)])
def test_a_table_stays_while_another_region_lies_in_what_it_spans(apart, tables):
    (row,) = rows(run(far(1, FAR + apart) + far(1) + unmapped()))
    assert row["tables"] == tables


def test_a_neighbour_keeps_its_table_and_its_page():
    neighbour = far(1, FAR + PAGE) + "mv s7, s8\nli t0, 42\nsd t0, 0(s7)\n"
    result = run(neighbour + far(1) + call("munmap", "s8", PAGE) + "ld s1, 0(s7)\n" + leave("s1"))
    assert result.exit_status == 42


def test_tables_without_any_page_go_too_and_are_flushed_for():
    """madvise has dropped the page before."""
    text = far(1) + call("madvise", "s8", PAGE, DONTNEED) + unmapped()
    (row,) = rows(run(text))
    assert row["tables"] == 1


def test_madvise_keeps_the_table():
    (row,) = rows(run(far(1) + marked(call("madvise", "s8", PAGE, DONTNEED))))
    assert row["tables"] == 0


def test_a_mapping_that_takes_another_s_place_makes_tables_anew():
    again = far(1) + "li t0, 42\nsd t0, 0(s8)\n" + far(1) + "ld s1, 0(s8)\n"
    result = run(again + leave("s1"))
    assert (result.exit_status, result.counters["frames.leaked"]) == (1, 0)


@pytest.mark.parametrize("batch", [1, 3])
def test_of_several_flushes_the_last_is_for_the_tables(batch):
    made = rows(run(far(4) + unmapped(4), flush=f"ceiling:33+gather:{batch}"))
    assert list(made["tables"]) == [0] * (len(made) - 1) + [1]


@pytest.mark.parametrize("strategy", ["latr", "batch"])
def test_what_is_postponed_keeps_its_tables(strategy):
    made = rows(measured(far(1) + unmapped(), f"ceiling:33+{strategy}"))
    assert (made["tables"] == 0).all()


# who may not be spared then


def test_no_hart_answers_early_when_tables_go():
    early, late = (paid(measured(far(20) + unmapped(20), f"ceiling:33{add}")) for add in ("+early-ack", ""))
    assert abs(early["shootdown.wait"] - late["shootdown.wait"]) < LATE
    assert early["shootdown.wait"] >= answer_time(PRICE["flush_asid"])


@pytest.mark.both_engines
@pytest.mark.parametrize(("mapping", "ipis"), [(mapped(1), 0), (far(1), 1)])
def test_a_lazy_hart_is_told_when_tables_go(mapping, ipis):
    result = run(SLEEPER + mapping + unmapped() + WAKE, DATA, BSS, harts=2, flush="ceiling:33+lazy")
    assert rows(result)["ipis"] == ipis


@pytest.mark.parametrize(("mapping", "ipis"), [(mapped(1), 0), (far(1), 3)])
def test_access_bits_spare_nobody_when_tables_go(mapping, ipis):
    assert rows(measured(mapping + unmapped(), "ceiling:33+abis", 3))["ipis"] == ipis


@pytest.mark.parametrize("flush", ["ceiling:33", "ceiling:33+svinval"])
def test_F21_risc_v_drops_the_whole_space_when_tables_go(flush):
    """SINVAL.VMA and SFENCE.VMA with an address are for leaf PTEs alone."""
    (row,) = rows(measured(far(4) + unmapped(4), flush))
    assert (row["own"], row["stolen"]) == (PRICE["flush_asid"], PRICE["ipi_serve"] + PRICE["flush_asid"])


def test_F35_x86_drops_page_by_page_when_tables_go():
    """INVLPG drops the pointers of the PCID, whatever its address."""
    (row,) = rows(run(far(4) + unmapped(4), paging="x86-64"))
    assert (row["own"], row["tables"]) == (4 * PRICE["flush_page"], 1)


# pointers in walk caches


@pytest.mark.parametrize("paging", ["sv39", "x86-64"])
def test_the_walk_after_tables_have_gone_reads_every_level(paging):
    """The mapping comes again, with tables of its own; a table at level 1 and one at level 0 are new."""
    again = far(1) + call("munmap", "s8", PAGE) + far(1)
    result = run(again, paging=paging, check_stale="every")
    assert (result.counters["stale.uses"], result.counters["frames.leaked"]) == (0, 0)


@pytest.mark.both_engines
def test_F21_tables_that_go_with_fences_of_pages_are_a_mistake_of_old_pointers():
    again = "".join(far(1) + call("munmap", "s8", PAGE) for _ in range(3))
    result, _ = broken("tables-by-page", again + leave(0), harts=1)
    assert {Mistake(int(row["kind"])) for row in result.stale} == {Mistake.OLD_POINTER}
    assert set(result.stale["freed"]) <= {1, 2}


def test_F54_a_fault_that_stays_spurious_for_ever_ends_in_a_signal():
    """The hart walks through a table that is none any more, which no fence of the page makes it forget."""
    again = far(1) + call("munmap", "s8", PAGE) + mapped(3) + far(1)
    result, _ = broken("tables-by-page", again + leave(0), harts=1)
    assert result.exit_status == 128 + signal.SIGSEGV


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("flush", ["ceiling:33", "ceiling:33+early-ack+concurrent+lazy", "ceiling:33+latr", "full"])
def test_no_entry_is_used_stale_when_tables_go(flush, seed):
    again = "".join(far(2) + call("munmap", "s8", 2 * PAGE) for _ in range(3))
    result = measured(
        again, flush, 2, schedule=f"seed:{seed}", overrides={"tlb": "adversarial", "check_stale": "every"}
    )
    assert (result.counters["stale.uses"], result.counters["frames.leaked"]) == (0, 0)
