"""Walk caches: a walk begins below the lowest pointer that the hart remembers. F12, F21, F22, F30, F34, F35, F40.

The machines here have no TLB, so that every access walks, and tells by the PTEs it reads where it began.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Mmu
from emulator.base.errors import ConfigError
from emulator.base.names import Fault
from tests.model.sets import Sets
from tests.pages import LEVELS, PAGE, TABLE, Tables, profile_with, pte

VA, PA, NEW = 0x12345000, 0x200000, 0x300000
LARGE, HUGE = PAGE << 9, PAGE << 18
TLBS = {f"tlb__{name}__entries": 0 for name in ("l1i", "l1i_2m", "l1i_1g", "l1d", "l1d_2m", "l1d_1g", "l2", "l2_1g")}


def walking(paging="sv39", **overrides):
    """Tables on a Skylake without TLBs, with changes: `walk_cache__pde__entries=8`."""
    return Tables(paging, profile=profile_with(**TLBS, **overrides), memory="4MiB")


def reads(tables, va, access="load"):
    """How many PTEs an access that is granted reads."""
    out = tables.translate(va, access)
    assert out.pa is not None
    return len(out.references)


# ---------------------------------------------------------------- what a walk reads
@pytest.mark.both_engines
@pytest.mark.parametrize(("paging", "levels"), LEVELS.items())
def test_the_second_walk_reads_the_leaf_alone(paging, levels):
    tables = walking(paging)
    for va in (VA, VA + PAGE):
        tables.map(va, PA)
    assert [reads(tables, va) for va in (VA, VA + PAGE, VA)] == [levels, 1, 1]


@pytest.mark.both_engines
@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_the_walk_of_an_address_that_shares_upper_tables_begins_below_the_lowest_of_them(level):
    tables = walking("sv57")
    far = VA + (PAGE << 9 * level)  # its tables at `level` and above are those of VA
    for va in (VA, far):
        tables.map(va, PA)
    reads(tables, VA)
    assert reads(tables, far) == level + 1


def test_reads_and_reads_saved_are_as_many_as_levels_for_each_walk():
    tables = walking("sv48")
    for page in range(0, 1 << 12, 97):
        tables.map(VA + page * PAGE, PA)
        tables.translate(VA + page * PAGE)
    counters = tables.mmu.counters
    assert counters["walk.cache_hits"] > 0
    assert counters["walk.references"] + counters["walk.cache_hits"] == 4 * counters["walk.count"]


def test_a_large_page_is_no_pointer():
    tables = walking()
    tables.map(VA & -LARGE, 0, level=1)
    assert [reads(tables, VA), reads(tables, VA)] == [2, 1]  # the entry at level 2 leads on, that at level 1 does not


@pytest.mark.parametrize("settings", [{"walk_cache": False}, {"profile": "ideal"}])
def test_a_machine_without_walk_caches_reads_every_level(settings):
    tables = Tables(**settings)
    for va in (VA, VA + PAGE):
        tables.map(va, PA)
        assert reads(tables, va) == 3
    assert tables.mmu.counters["walk.cache_hits"] == 0


def test_one_cache_may_be_there_without_the_others():
    tables = walking(walk_cache__pde__entries=0)
    tables.map(VA, PA)
    assert [reads(tables, VA), reads(tables, VA)] == [3, 2]


def test_of_two_pointers_that_of_the_earlier_use_gives_way():
    tables = walking(walk_cache__pde__entries=2, walk_cache__pde__ways=2)
    vas = [number * LARGE for number in range(3)]
    for va in vas:
        tables.map(va, PA)
    first, second, third = vas
    for va in (first, second, first, third):
        reads(tables, va)
    assert [reads(tables, va) for va in (first, second)] == [1, 2]


@pytest.mark.both_engines
@settings(max_examples=10)
@given(st.sampled_from([(1, 4), (4, 1), (3, 2), (2, 3)]), st.lists(st.integers(0, 9), min_size=20, max_size=80))
def test_pointers_come_and_go_as_an_lru_list_has_it(shape, accesses):
    sets, ways = shape
    tables = walking(walk_cache__pde__entries=sets * ways, walk_cache__pde__ways=ways)
    model = Sets(sets, ways)
    for number in range(10):
        tables.map(number * LARGE, PA)
    tables.map(HUGE - PAGE, PA)
    reads(tables, HUGE - PAGE)  # the pointer above all of them is there
    model.touch((HUGE - PAGE) // LARGE)
    for number in accesses:
        assert reads(tables, number * LARGE) == (1 if model.touch(number) else 2)


# ---------------------------------------------------------------- what is filled
@pytest.mark.both_engines
def test_F34_a_pointer_that_is_not_valid_is_not_kept():
    tables = walking()
    tables.map(VA, PA)
    place = tables.place(VA, 1)
    pointer = tables.memory.read(place)
    tables.memory.write(place, 0)
    assert tables.translate(VA).fault == Fault.NOT_PRESENT
    tables.memory.write(place, pointer)
    assert reads(tables, VA) == 2


@pytest.mark.parametrize("bits", ["u", "a", "d"])
def test_F34_a_pointer_with_reserved_bits_is_not_kept(bits):
    tables = walking()
    tables.map(VA, PA)
    place = tables.place(VA, 1)
    pointer = tables.memory.read(place)
    tables.memory.write(place, pointer | pte(0, bits))
    assert tables.translate(VA).fault == Fault.RESERVED
    tables.memory.write(place, pointer)
    assert reads(tables, VA) == 2


def test_pointers_are_kept_though_there_is_no_page_at_the_end():
    tables = walking()
    tables.map(VA + PAGE, PA)
    assert tables.translate(VA).fault == Fault.NOT_PRESENT
    assert reads(tables, VA + PAGE) == 1


def test_a_pointer_out_of_memory_is_not_kept():
    tables = walking()
    tables.map(VA, PA)
    place = tables.place(VA, 1)
    pointer = tables.memory.read(place)
    tables.memory.write(place, pte(1 << 40, TABLE))
    assert tables.translate(VA).fault == Fault.ACCESS
    tables.memory.write(place, pointer)
    assert reads(tables, VA) == 2


# ---------------------------------------------------------------- whose they are
@pytest.mark.both_engines
def test_F22_pointers_are_those_of_one_address_space():
    tables = walking()
    tables.map(VA, PA)
    tables.mmu.asid = 1
    reads(tables, VA)
    tables.mmu.asid = 2
    assert [reads(tables, VA), reads(tables, VA)] == [3, 1]
    tables.mmu.asid = 1
    assert reads(tables, VA) == 1


def test_another_root_under_another_asid_leads_to_its_own_pages():
    tables = walking()
    tables.map(VA, PA)
    reads(tables, VA)
    tables.root = tables.mmu.root = tables.new()
    tables.mmu.asid = 1
    tables.map(VA, NEW)
    assert tables.translate(VA).pa == NEW


def test_a_global_pointer_is_one_of_its_address_space_all_the_same():
    """A hart need not know that a mapping is global (RISC-V privileged manual)."""
    tables = walking()
    tables.map(VA, PA, "vrwuadg")
    place = tables.place(VA, 1)
    tables.memory.write(place, tables.memory.read(place) | pte(0, "g"))
    reads(tables, VA)
    tables.mmu.asid = 1
    assert reads(tables, VA) == 3


# ---------------------------------------------------------------- fences of RISC-V
@pytest.mark.both_engines
@pytest.mark.parametrize("with_va", [False, True])
@pytest.mark.parametrize("with_asid", [False, True])
def test_F21_a_fence_with_an_address_leaves_pointers_and_any_other_drops_those_it_names(with_va, with_asid):
    tables = walking()
    tables.map(VA, PA)
    for tables.mmu.asid in (1, 2):
        reads(tables, VA)
    tables.mmu.fence(va=VA if with_va else None, asid=1 if with_asid else None)
    tables.mmu.asid = 1
    assert reads(tables, VA) == (1 if with_va else 3)
    tables.mmu.asid = 2
    assert reads(tables, VA) == (1 if with_va or with_asid else 3)


@pytest.mark.both_engines
@pytest.mark.parametrize("level", [1, 2])
def test_F21_a_pointer_that_was_changed_is_followed_until_a_fence_of_the_address_space(level):
    tables = Tables()
    tables.map(VA, PA)
    tables.translate(VA)
    tables.memory.write(tables.place(VA, level), 0)
    tables.map(VA, NEW)  # through a new table
    assert tables.translate(VA).pa == PA
    tables.mmu.fence(va=VA)
    assert tables.translate(VA).pa == PA
    tables.mmu.fence(asid=0)
    assert tables.translate(VA).pa == NEW


def test_F41_a_fault_leaves_pointers_as_they_are_on_risc_v():
    tables = walking()
    tables.map(VA + PAGE, PA)
    assert tables.translate(VA).fault == Fault.NOT_PRESENT
    tables.memory.write(tables.place(VA, 1), 0)
    tables.map(VA, NEW)
    assert tables.translate(VA).fault == Fault.NOT_PRESENT
    tables.mmu.fence()
    assert tables.translate(VA).pa == NEW


def test_sinval_vma_waits_for_its_ordering_and_drops_what_sfence_vma_would():
    tables = Tables()
    place = tables.map(VA, PA)
    tables.translate(VA)
    tables.memory.write(place, pte(NEW, "vrwuad"))
    tables.mmu.sfence_w_inval()
    tables.mmu.sinval_vma(VA, 0)
    assert tables.translate(VA).pa == PA
    tables.mmu.sfence_inval_ir()
    out = tables.translate(VA)
    assert (out.pa, len(out.references)) == (NEW, 1)  # pointers are there yet
    tables.mmu.sinval_vma()
    tables.mmu.sfence_inval_ir()
    assert len(tables.translate(VA).references) == 3


def test_a_miss_is_induced_by_the_fence_of_its_page_and_not_by_that_of_its_pointers():
    """That the walk of another page takes longer then is counted nowhere."""
    tables = Tables()
    for va in (VA, VA + PAGE):
        tables.map(va, PA)
    reads(tables, VA)
    tables.mmu.fence()
    reads(tables, VA + PAGE)
    assert tables.mmu.counters["flush.induced_misses"] == 0
    reads(tables, VA)
    assert tables.mmu.counters["flush.induced_misses"] == 1


# ---------------------------------------------------------------- instructions that there are not
@pytest.mark.parametrize("name", ["invlpg", "invpcid", "mov_cr3"])
def test_risc_v_has_no_instructions_of_x86(name):
    with pytest.raises(ConfigError, match=f"^{name}: RISC-V has no such instruction; fence, sinval_vma, .* are right$"):
        getattr(Mmu(), name)(0)


@pytest.mark.parametrize("name", ["sinval_vma", "sfence_w_inval", "sfence_inval_ir"])
def test_x86_has_no_instructions_of_risc_v(name):
    with pytest.raises(ConfigError, match=f"^{name}: x86-64 has no such instruction; fence, invlpg, mov_cr3"):
        getattr(Mmu(paging="x86-64"), name)()


@pytest.mark.parametrize(
    ("form", "pointers"), [("vmalle1", 0), ("aside1", 0), ("vae1", 0), ("vale1", 3), ("vaale1", 3)]
)
def test_tlbi_of_the_last_level_alone_leaves_pointers(form, pointers):
    mmu = Mmu(paging="arm64", engine="plain")
    table, page, af = 3, 3, 1 << 10
    for level in range(3, 0, -1):
        mmu.memory.write((3 - level) * PAGE, (4 - level) * PAGE | table)
    mmu.memory.write(3 * PAGE, PA | page | af | 1 << 6 | 1 << 11)  # of its ASID (nG)
    assert len(mmu.translate(0).references) == 4
    mmu.tlbi(form, 0, 0)
    assert len(mmu.translate(0).references) == 4 - pointers


def test_a_form_of_tlbi_that_there_is_not_is_refused():
    with pytest.raises(ConfigError, match=r"^tlbi: 'alle9' is no form of it; vmalle1, "):
        Mmu(paging="arm64").tlbi("alle9")
