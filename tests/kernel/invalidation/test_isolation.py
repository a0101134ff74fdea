"""What isolated page tables cost (`--set pti=1`): a write of CR3 each way, and every page invalidated twice."""

import pytest

from emulator.config import Config
from tests.kernel.invalidation.laws import PRICE, invalidating, mapped, marked, rows, unmapping
from tests.running import PAGE, call, run

pytestmark = pytest.mark.both_engines
PTI = {"pti": "1"}
TWICE = PRICE["flush_page"] + PRICE["pti_flush_page"]


@pytest.mark.parametrize("pages", [1, 33])
def test_each_page_is_invalidated_in_both_tables(pages):
    result = run(mapped(pages) + marked(call("munmap", "s8", pages * PAGE)), overrides=PTI)
    assert invalidating(result) == pages * TWICE


def test_a_whole_space_costs_as_much_as_without():
    """The user's half of it happens with the write of CR3 on the way back."""
    result = run(mapped(34) + marked(call("munmap", "s8", 34 * PAGE)), overrides=PTI)
    assert invalidating(result) == PRICE["flush_asid"]


def test_an_interrupt_is_a_way_into_the_kernel_and_back():
    (row,) = rows(unmapping(4, "ceiling:33", overrides=PTI))
    assert row["stolen"] == PRICE["ipi_serve"] + 2 * PRICE["pti_switch"] + 4 * TWICE


def test_each_trap_and_call_pays_both_ways_and_nothing_else_changes():
    text = mapped(3) + call("munmap", "s8", PAGE)
    without, isolated = run(text), run(text, overrides=PTI)
    faults, calls = without.counters["fault.total"], without.counters["syscall.total"]
    more = {name: isolated.costs[name] - cost for name, cost in without.costs.items()}
    returns = faults + calls - 1  # exit does not return
    assert {name: cycles for name, cycles in more.items() if cycles} == {
        "trap.entry": (faults + calls) * PRICE["pti_switch"],
        "trap.return": returns * PRICE["pti_switch"],
        "flush.local": without.counters["flush.page"] * PRICE["pti_flush_page"],
    }
    assert isolated.counters | {"cycles": 0} == without.counters | {"cycles": 0}


def test_the_prices_of_the_profile_stay_what_they_are():
    config = Config.make(overrides=PTI)
    assert config.profile.price["flush_page"].cycles == PRICE["flush_page"]
    assert config.prices()["flush_page"] == TWICE
