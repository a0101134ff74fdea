"""The plain road beside `translate` alone: the same places, TLBs, caches, counters, cycles and memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.base.bits import A, D, R, U, V, W
from emulator.base.names import Access
from emulator.hardware.translation.mmu import translate
from emulator.hardware.translation.plain import NOT_PLAIN, plain_place
from emulator.paging.modes import MODES
from tests.hardware.test_many import FIRST, PAGE, PAGES, granted, machine
from tests.pages import profile_with

TLBS = ("dtlb", "dtlb_2m", "dtlb_1g", "stlb", "stlb_2m", "stlb_1g", "walk_cache")
WHOLE = (*TLBS, "l1d", "l2", "superpages", "pointers", "clock", "count", "cost", "induced", "fault_found", "walk_reads")
SMALL = {"tlb__l1d__entries": 8, "tlb__l2__entries": 24}
BARE = {f"walk_cache__{name}__entries": 0 for name in ("pde", "pdpte", "pml4e", "pml5e")}
SHAPES = {
    "walk caches": SMALL,
    "no walk caches": SMALL | BARE,
    "odd ways": SMALL | {"tlb__l1d__ways": 1, "tlb__l2__ways": 3},
    "tree-PLRU": SMALL | {"tlb__l2__ways": 8, "tlb__l2__policy": "plru"},
    "inclusive": SMALL | {"tlb__l2__inclusive": "true"},
    "no first level": SMALL | {"tlb__l1d__entries": 0},
}
GRANTED = (V | R | W | U | A | D, 0)

offsets = st.one_of(st.integers(0, PAGES * PAGE), st.integers(1 << 21, (1 << 22) + (1 << 21)))
addresses = st.one_of(offsets.map(lambda offset: FIRST + offset), st.sampled_from([1 << 40, -FIRST, 1 << 62]))
rounds = st.tuples(
    st.sampled_from(["go on", "fence all", "fence a page", "another ASID", "supervisor", "user"]),
    st.lists(st.tuples(addresses, st.booleans()), max_size=40),
)


def prepare(mmu, what):
    """Do what a round begins with."""
    if what == "fence all":
        mmu.fence()
    elif what == "fence a page":
        mmu.fence(FIRST + PAGE)
    elif what == "another ASID":
        mmu.asid ^= 1
    elif what in ("supervisor", "user"):
        mmu.privilege = what


class Road:
    """An Mmu whose data accesses take the plain road where it leads, if they may."""

    def __init__(self, mmu, plainly):
        self.mmu, self.plainly = mmu, plainly

    def access(self, rows):
        """Translate pairs of an address and whether it is stored to; return the places, and how many went plainly."""
        world, hart = self.mmu._world, self.mmu._world.hart[0]
        places, taken = [], 0
        for va, stored in rows:
            need, want = (hart.write_need, hart.write_want) if stored else (hart.read_need, hart.read_want)
            place = plain_place(world, hart, va, need, want) if self.plainly else NOT_PLAIN
            taken += place != NOT_PLAIN
            if place == NOT_PLAIN:
                place = translate(world, hart, va, Access.STORE if stored else Access.LOAD)
            places.append(int(place))
        return places, taken

    def state(self):
        """All that accesses change and may ask: TLBs, walk caches, caches, accounts, the last walk and look-up."""
        hart, chip = self.mmu._harts[0], self.mmu._world.records["chip"]
        places = hart["walk_place"][: int(hart["walk_reads"])].tolist()
        whole = [hart[name].tobytes() for name in WHOLE]
        return *whole, chip["l3"].tobytes(), places, self.mmu.memory._words.tobytes(), self.mmu.counters


def roads(mode="sv39", pages=(GRANTED,) * PAGES, larger=None, shape="walk caches"):
    """Two machines alike, one that takes the plain road and one that may not."""
    profile = profile_with(**SHAPES[shape])
    return [Road(machine(mode, pages, larger, profile=profile, engine="plain"), plainly) for plainly in (True, False)]


def assert_alike(plain, general, rows):
    """Both answer the accesses alike, and are alike after them; return how many took the plain road."""
    places, taken = plain.access(rows)
    assert places == general.access(rows)[0]
    assert plain.state() == general.state()
    return taken


def loads(*pages):
    """Loads from these pages."""
    return [(FIRST + page * PAGE, False) for page in pages]


def stores(*pages):
    """Stores to these pages."""
    return [(FIRST + page * PAGE, True) for page in pages]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=4)
@given(
    pages=st.lists(granted, min_size=PAGES, max_size=PAGES),
    larger=granted,
    steps=st.lists(rounds, min_size=1, max_size=5),
)
def test_the_plain_road_changes_what_translate_would_and_no_more(mode, shape, pages, larger, steps):
    plain, general = roads(mode, pages, larger, shape)
    for what, rows in steps:
        prepare(plain.mmu, what)
        prepare(general.mmu, what)
        assert_alike(plain, general, rows)


@pytest.mark.parametrize(("shape", "first"), [("walk caches", 1), ("no walk caches", 0), ("odd ways", 1)])
def test_hits_of_both_levels_and_walks_are_all_plain(shape, first):
    """But for the first walk where there are walk caches, which fills these."""
    rows = loads(*range(PAGES)) + stores(*range(PAGES)) + loads(*range(PAGES), 39, 38, 30, 20, 30)
    assert assert_alike(*roads(shape=shape), rows) == len(rows) - first


@pytest.mark.parametrize("shape", ["tree-PLRU", "inclusive", "no first level"])
def test_where_tlbs_are_of_another_kind_nothing_is_plain(shape):
    assert assert_alike(*roads(shape=shape), loads(*range(PAGES), *range(PAGES))) == 0


def test_every_byte_of_a_page_has_a_place_of_its_own():
    plain, general = roads()
    assert_alike(plain, general, loads(1, 2))
    assert assert_alike(plain, general, [(FIRST + PAGE + offset, False) for offset in (0, 1, 8, PAGE - 1)]) == 4


def refused(mode="sv39", leaf=GRANTED, rows=(), shape="walk caches"):
    """How many of `rows` are plain, to pages of which number 5 has the leaf `leaf`, once others have been walked to."""
    pages = [GRANTED] * PAGES
    pages[5] = leaf
    plain, general = roads(mode, pages, shape=shape)
    assert_alike(plain, general, loads(1, 2))
    return assert_alike(plain, general, rows)


@pytest.mark.parametrize("shape", ["walk caches", "no walk caches"])
@pytest.mark.parametrize(
    ("leaf", "rows"),
    [
        (None, loads(5)),
        ((V | R | U | A | D, 0), stores(5)),
        ((V | R | W | A | D, 0), loads(5)),
        ((V | R | W | U | A, 0), stores(5)),
        ((V | R | W | U, 0), loads(5)),
        ((V | U | A | D, 0), loads(5)),
        ((V | W | U | A | D, 0), stores(5)),
        ((V | R | W | U | A | D, 1 << 54), loads(5)),
    ],
    ids=["absent", "read-only", "the supervisor's", "D clear", "A clear", "a pointer", "reserved", "a reserved bit"],
)
def test_a_leaf_that_does_not_grant_the_access_at_once_is_not_plain(shape, leaf, rows):
    assert refused(leaf=leaf, rows=rows, shape=shape) == 0


def test_an_entry_that_does_not_grant_the_access_is_not_plain():
    assert refused(leaf=(V | R | U | A | D, 0), rows=loads(5) + stores(5) + stores(5)) == 1


@pytest.mark.parametrize("va", [1 << 40, (1 << 39) + FIRST, -FIRST, (1 << 63) + FIRST - (1 << 64)])
def test_F10_no_address_that_is_not_canonical_is_plain(va):
    assert refused(rows=[(va, False)], shape="no walk caches") == 0


def test_superpages_are_not_plain_but_small_pages_beside_them_still_are():
    plain, general = roads(larger=GRANTED)
    large = [(FIRST + (1 << 21), False), (FIRST + (1 << 21) + PAGE, True)]
    assert_alike(plain, general, loads(1, 2))
    assert assert_alike(plain, general, large + loads(1, 2, 3, *range(4, 30), 1)) == 30


def test_a_small_page_is_not_plain_while_tlbs_hold_it_as_part_of_a_larger_one():
    """F45: the mapping was split, and nobody fenced."""
    plain, general = roads(larger=GRANTED, shape="no walk caches")
    within = [(FIRST + (1 << 21) + PAGE, False)]
    assert_alike(plain, general, within)
    for road in (plain, general):
        place = 2 * PAGE + (FIRST >> 21 & 511) * 8
        road.mmu.memory.write(place + 8, road.mmu.memory.read(place))
    assert assert_alike(plain, general, within) == 0


def test_a_page_of_another_address_space_is_walked_to_anew():
    plain, general = roads()
    assert_alike(plain, general, loads(1, 2))
    for road in (plain, general):
        road.mmu.asid = 1
    assert_alike(plain, general, loads(1, 2, 1))
    assert plain.mmu.counters["walk.count"] == 4


def test_ghosts_are_not_plain_until_their_places_are_filled():
    """A miss that an invalidation induced is counted as such."""
    plain, general = roads()
    assert_alike(plain, general, loads(1, 2))
    for road in (plain, general):
        road.mmu.fence(FIRST + PAGE)
    assert assert_alike(plain, general, loads(1)) == 0
    assert plain.mmu.counters["flush.induced_misses"] == 1
    assert assert_alike(plain, general, loads(1, 2)) == 2


def test_a_table_outside_memory_is_not_plain():
    plain, general = roads(shape="no walk caches")
    for road in (plain, general):
        road.mmu.memory.write(2 * PAGE + (FIRST >> 21 & 511) * 8, (1 << 30) >> 12 << 10 | V)
    assert assert_alike(plain, general, loads(1)) == 0


@pytest.mark.parametrize("mode", ["x86-64", "x86-64-la57"])
def test_F34_a_pointer_that_is_yet_to_be_marked_is_not_plain(mode):
    plain, general = roads(mode, shape="no walk caches")
    for road in (plain, general):
        place = 2 * PAGE + (FIRST >> 21 & 511) * 8
        road.mmu.memory.write(place, road.mmu.memory.read(place) & ~(1 << 5))
    assert assert_alike(plain, general, loads(1)) == 0
    assert assert_alike(plain, general, loads(2, 3)) == 2
