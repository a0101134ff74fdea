"""What x86-64's instructions drop, and page faults: SDM vol. 3A, 4.10.4.1. F30, F34, F35, F40.

A page is held by two TLBs and by pointers above it; what an access reads tells how much of that is left: nothing while
a TLB has the page, the leaf alone while pointers are there, else every level.
"""

import pytest

from emulator.base.errors import ConfigError
from tests.paging.x86 import ACCESSED, ALL, GLOBAL, LEVELS, PA, PAGE, RW, US, VA, XD, Path

pytestmark = pytest.mark.both_engines

OTHER = VA + PAGE
NEIGHBOUR = (VA >> 12 & 511) + 1  # OTHER's entry in the lowest table
PAGE_HELD, POINTERS_HELD, NOTHING_HELD = 0, 1, 4


def primed(leaf=PA | ALL, pcids=(1, 2)):
    """A path on which VA and OTHER are held under two PCIDs, the second one entered."""
    path = Path()
    path.put(0, leaf)
    path.mmu.memory.write(PAGE + NEIGHBOUR * 8, leaf + PAGE)
    for path.mmu.asid in pcids:
        for va in (VA, OTHER):
            path.mmu.translate(va)
    return path


def held(path, va, pcid):
    """How much of what leads to `va` is held under a PCID; all of it is afterwards."""
    before, path.mmu.asid = path.mmu.asid, pcid
    out = path.mmu.translate(va)
    path.mmu.asid = before
    assert out.pa is not None
    return len(out.references)


# ---------------------------------------------------------------- INVLPG
def test_F35_invlpg_drops_the_page_and_the_pointers_to_it():
    path = primed()
    path.mmu.invlpg(VA)
    assert held(path, VA, 2) == NOTHING_HELD


def test_F35_invlpg_drops_every_pointer_of_its_pcid_whatever_its_address():
    path = primed()
    path.mmu.invlpg(VA + (1 << 40))
    path.mmu.fence(va=VA)  # of the page alone, so that its walk tells
    assert held(path, VA, 2) == NOTHING_HELD


def test_F35_invlpg_leaves_other_pages_and_other_pcids():
    path = primed()
    path.mmu.invlpg(VA)
    assert held(path, OTHER, 2) == PAGE_HELD
    assert held(path, VA, 1) == PAGE_HELD
    path.mmu.fence(va=VA)
    assert held(path, VA, 1) == POINTERS_HELD


def test_F35_invlpg_drops_a_global_page_under_any_pcid():
    path = primed(PA | ALL | GLOBAL)
    path.mmu.invlpg(VA)
    assert held(path, VA, 2) == NOTHING_HELD
    assert held(path, OTHER, 2) == PAGE_HELD


# ---------------------------------------------------------------- MOV to CR3
@pytest.mark.parametrize(("no_flush", "left"), [(False, NOTHING_HELD), (True, PAGE_HELD)])
def test_F35_mov_to_cr3_drops_its_pcid_unless_bit_63_is_set(no_flush, left):
    path = primed()
    path.mmu.mov_cr3(path.mmu.root, 1, no_flush=no_flush)
    assert path.mmu.asid == 1
    assert held(path, VA, 1) == left
    assert held(path, VA, 2) == PAGE_HELD


def test_F35_mov_to_cr3_leaves_global_pages():
    path = primed(PA | ALL | GLOBAL, pcids=(1,))
    path.mmu.mov_cr3(path.mmu.root, 1)
    assert held(path, VA, 1) == PAGE_HELD


def test_F35_mov_to_cr3_that_drops_nothing_leaves_pointers_of_the_root_before():
    path = primed()
    path.mmu.mov_cr3(0, 2, no_flush=True)  # no table is there
    path.mmu.fence(va=VA)
    assert held(path, VA, 2) == POINTERS_HELD


# ---------------------------------------------------------------- INVPCID
@pytest.mark.parametrize(
    ("kind", "page", "other", "elsewhere"),
    [
        (0, NOTHING_HELD, PAGE_HELD, PAGE_HELD),
        (1, NOTHING_HELD, POINTERS_HELD, PAGE_HELD),
        (2, NOTHING_HELD, POINTERS_HELD, NOTHING_HELD),
        (3, NOTHING_HELD, POINTERS_HELD, NOTHING_HELD),
    ],
)
def test_each_type_of_invpcid_drops_as_much_as_it_names(kind, page, other, elsewhere):
    path = primed()
    path.mmu.invpcid(kind, pcid=1, va=VA)
    assert held(path, VA, 1) == page
    assert held(path, OTHER, 1) == other  # what the walk of VA has filled is there again
    assert held(path, VA, 2) == elsewhere


@pytest.mark.parametrize(("kind", "left"), [(0, PAGE_HELD), (1, PAGE_HELD), (2, NOTHING_HELD), (3, PAGE_HELD)])
def test_type_2_of_invpcid_alone_drops_global_pages(kind, left):
    path = primed(PA | ALL | GLOBAL, pcids=(1,))
    path.mmu.invpcid(kind, pcid=1, va=VA)
    assert held(path, VA, 1) == left


def test_there_are_four_types_of_invpcid():
    with pytest.raises(ConfigError, match=r"^kind: 4 is no type of INVPCID; 0 to 3 are right$"):
        Path().mmu.invpcid(4)


# ---------------------------------------------------------------- page faults, rights, A
def test_F40_a_page_fault_drops_the_pointers_to_its_address():
    path = Path()
    path.put(0, 0)
    assert path.fault("load") == "NOT_PRESENT"
    path.put(1, 5 * PAGE | ALL)  # to a table that has the page
    path.mmu.memory.write(5 * PAGE + (VA >> 12 & 511) * 8, PA | ALL)
    assert path.mmu.translate(VA).pa == PA


@pytest.mark.parametrize(
    ("entry", "access", "fault"),
    [(ALL & ~RW, "store", "WRITE_PROTECTED"), (ALL & ~US, "load", "PRIVILEGE"), (ALL | XD, "fetch", "NO_EXECUTE")],
)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_F30_rights_that_a_table_denies_stay_denied_below_a_pointer_that_is_kept(level, entry, access, fault):
    path = Path()
    path.put(level, (level * PAGE | entry))
    path.supervisor(smap=False, smep=False)
    assert path.mmu.translate(VA).pa == PA  # pointers are kept now
    path.mmu.fence(va=VA)
    path.mmu.privilege = "user"
    before = path.mmu.counters["walk.cache_hits"]
    assert path.fault(access) == fault
    assert path.mmu.counters["walk.cache_hits"] == before + 3


@pytest.mark.parametrize("paging", LEVELS)
def test_F34_pointers_that_are_kept_have_a_set_in_memory(paging):
    path = Path(paging)
    path.mmu.translate(VA)
    path.mmu.fence(va=VA)
    assert len(path.mmu.translate(VA).references) == 1
    assert all(path.entry(level) & ACCESSED for level in range(1, LEVELS[paging]))
