"""NUMA nodes: what distances between harts change, and who is told where page tables are copied to nodes (numaPTE)."""

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.base.kernel_names import FlushCause
from emulator.config import Config
from tests.kernel.invalidation.laws import LATE, PRICE, answer_time, mapped, marked, measured, paid, rows, unmapping
from tests.running import PAGE, call, fork, mmap
from tests.threads import DONTNEED

NUMAPTE = "ceiling:33+numapte"
TWO_NODES = {"overrides": {"numa": "10,21/21,10"}}  # of four harts 0 and 1 are one, 2 and 3 the other
DISCARD = call("madvise", "s0", PAGE, DONTNEED)  # of the page that all have read


def farther(price):
    """A price over a distance of 21, where 10 is that within a node."""
    return PRICE[price] * 21 // 10


@pytest.mark.both_engines
def test_an_interrupt_takes_as_many_times_longer_as_the_node_is_farther():
    (row,) = rows(unmapping(1, "ceiling:33", 1, **TWO_NODES))
    assert row["send"] == farther("ipi_send")
    expected = answer_time(PRICE["flush_page"]) - PRICE["ipi_deliver"] + farther("ipi_deliver")
    assert 0 <= row["wait"] - expected <= LATE


def test_a_request_that_is_carried_out_without_one_does_too():
    (row,) = rows(unmapping(1, "ceiling:33+rar", 1, **TWO_NODES))
    assert row["send"] == farther("rar_send")


def test_within_a_node_distances_change_nothing():
    (row,) = rows(unmapping(1, "ceiling:33", 3, **TWO_NODES))
    assert row["send"] == PRICE["ipi_send"] + 2 * farther("ipi_send")


@pytest.mark.both_engines
def test_a_node_that_has_never_walked_the_table_is_not_told():
    told = [rows(unmapping(1, flush, 3, **TWO_NODES))["told"].tolist() for flush in (NUMAPTE, "ceiling:33")]
    assert told == [[1], [3]]


def test_a_node_that_has_is():
    (row,) = rows(measured(marked(DISCARD), NUMAPTE, 3, **TWO_NODES))
    assert row["told"] == 3


def test_on_one_node_all_are_told():
    (row,) = rows(unmapping(1, NUMAPTE, 3))
    assert row["told"] == 3


def test_who_changes_a_pte_pays_for_the_copies_of_other_nodes():
    one, two = (paid(measured(marked(DISCARD), NUMAPTE, 3, **machine))["kernel.pte"] for machine in ({}, TWO_NODES))
    assert two - one == PRICE["pte"]


def test_a_node_s_copy_is_made_by_the_first_fault_there():
    """Two tables, of code and data and of the stack, that the harts of the second node walk: one fault each (F42)."""
    without, with_copies = (
        measured("", flush, 3, **TWO_NODES).counters["fault.spurious"] for flush in ("ceiling:33", NUMAPTE)
    )
    assert with_copies > without == 0


def test_what_is_not_looked_at_page_by_page_is_told_to_all():
    """Fork protects the pages of the whole address space, and the first node's table among them."""
    made = rows(measured(mapped(1) + fork("", ""), NUMAPTE, 3, **TWO_NODES), FlushCause.FORK)
    assert made["told"].tolist() == [3]


@pytest.mark.parametrize("flush", [NUMAPTE, NUMAPTE + "+lazy+gen+concurrent", NUMAPTE + "+latr", NUMAPTE + "+batch"])
@pytest.mark.parametrize("schedule", ["time", "seed:1", "seed:2"])
def test_no_stale_entry_is_used_whichever_nodes_are_told(flush, schedule):
    """`run` fails where one is (F45)."""
    change = mapped(4) + call("munmap", "s8", 4 * PAGE) + DISCARD + fork("sd zero, 8(s0)\n", "") + mmap(PAGE) + DISCARD
    machine = {"overrides": {**TWO_NODES["overrides"], "tlb": "adversarial", "tick": "5000"}, "check_stale": "every"}
    measured(change, flush, 3, "ld t0, 0(s0)", schedule=schedule, **machine)


# the table of distances


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("10,21", "node 0 has 2 distances, of 1 nodes; as many of both are right"),
        ("10,21/21", "node 1 has 1 distances, of 2 nodes; as many of both are right"),
        ("10,21/21,11", "node 1 is 11 from itself; 10 is right"),
        ("10,21/22,10", "nodes 0 and 1 are 21 one way and 22 the other; the same is right"),
        ("10,9/9,10", "'9', of node 0, is no distance; 10 to 254 is right"),
        ("10,255/255,10", "'255', of node 0, is no distance; 10 to 254 is right"),
        ("10,21//21,10", "node 0 has 2 distances, of 3 nodes; as many of both are right"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_node_and_what_would_be_right(table, why):
    with pytest.raises(ConfigError) as error:
        Config.make(harts=4, overrides={"numa": table})
    assert str(error.value) == f"numa: '{table}': {why}"


def test_more_nodes_than_harts_are_refused():
    with pytest.raises(ConfigError, match=r"^numa: 2 nodes are too many for 1 harts; one for each at most is right$"):
        Machine(overrides={"numa": "10,21/21,10"})


def test_a_file_holds_a_row_a_line(tmp_path):
    path = tmp_path / "distances"
    path.write_text("# two sockets\n10 21\n21 10\n")
    assert Config.make(harts=2, overrides={"numa": str(path)}).numa.rows == ((10, 21), (21, 10))


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match=r"^numa: 'nowhere' cannot be read: No such file or directory; 10,21/21,10"):
        Config.make(harts=2, overrides={"numa": "nowhere"})
