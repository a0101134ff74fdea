"""`Mmu.translate_many` at its door: what is asked for, what is refused, what stays as it was."""

import numpy as np
import pytest

from emulator.base.errors import ConfigError
from emulator.base.names import Fault
from emulator.config import load_profile
from tests.pages import LOAD_PAGE_FAULT, PAGE, Tables

VA, PA = 0x12345000, 0x200000


def tables(**settings):
    """One page that user programs may read and write, and one of the supervisor's behind it."""
    made = Tables(engine="plain", **settings)
    made.map(VA, PA)
    made.map(VA + PAGE, PA + PAGE, "vrwad")
    return made


def test_columns_that_are_not_kept_take_no_memory():
    found = tables().mmu.translate_many([VA, VA + PAGE], keep=("references", "pa"))
    assert found.dtype.names == ("pa", "references")
    assert found.itemsize == 16
    assert found.tolist() == [(PA, 3), (-1, 1)]  # the second walk begins below the pointers that the first has left


def test_with_no_column_kept_counters_move_alike():
    one, other = tables(), tables()
    assert one.mmu.translate_many([VA, VA, 1 << 50], keep=()).nbytes == 0
    other.mmu.translate_many([VA, VA, 1 << 50])
    assert one.mmu.counters == other.mmu.counters


def test_each_access_has_its_own_kind():
    mmu = tables().mmu
    found = mmu.translate_many([VA, VA + PAGE], ["store", "load"], [8, 1], privilege=["user", "supervisor"])
    assert list(found["fault"]) == [0, 0]
    found = mmu.translate_many([VA, VA + PAGE], ["store", "load"], [8, 1], privilege="user")
    assert list(found["fault"]) == [0, Fault.PRIVILEGE]
    assert list(found["cause"]) == [-1, LOAD_PAGE_FAULT]


def test_an_address_space_may_have_a_root_of_its_own():
    mmu = tables().mmu
    found = mmu.translate_many([VA, VA, VA], asid=[1, 2, 1], roots={2: mmu.root + 16 * PAGE})
    assert list(found["fault"]) == [0, Fault.NOT_PRESENT, 0]


def test_afterwards_the_mmu_is_as_it_was():
    mmu = tables().mmu
    mmu.asid, mmu.privilege = 5, "user"
    root = mmu.root
    mmu.translate_many([VA, VA], asid=[1, 2], privilege="supervisor", roots={1: 0})
    assert (mmu.asid, mmu.privilege, mmu.root) == (5, "user", root)
    assert mmu.translate(VA + PAGE).fault == Fault.PRIVILEGE


def test_without_caches_a_walk_costs_what_memory_does():
    profile = load_profile("skylake")
    made = tables(caches=False)
    for va in (VA, VA + PAGE):
        expected = profile.price["walk_start"].cycles + 3 * profile.dram.latency
        made.mmu.privilege = "user" if va == VA else "supervisor"
        assert made.translate(va).cycles == expected
    counters = made.mmu.counters
    assert counters["cache.l3.misses"] == counters["walk.references"] == 6
    assert counters["cache.l1d.hits"] == counters["cache.l2.hits"] == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"keep": ["pa", "cuase"]}, "keep: 'cuase'; one of .* is right; did you mean 'cause'?"),
        ({"access": ["load", "lode"]}, "access: 'lode'; one of .* is right; did you mean 'load'?"),
        ({"access": ["load"]}, r"access: of shape \(1,\); one value, or as many as addresses, \(2,\), is right"),
        ({"size": [8, 3]}, "size: 3 bytes"),
        ({"size": np.array([8.0, 8.0])}, "size: '8.0' is no whole number"),
        ({"asid": [0, 4096]}, "asid: 4096 is out of range"),
        ({"privilege": "root"}, "privilege: 'root'"),
        ({"roots": {0: 5}}, "root: 0x5 is not a multiple of 4096"),
        ({"roots": {4096: 0}}, "asid: 4096 is out of range"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_translated(given, message):
    mmu = tables().mmu
    before = mmu.counters
    with pytest.raises(ConfigError, match=f"^{message}"):
        mmu.translate_many([VA, VA], **given)
    assert mmu.counters == before
