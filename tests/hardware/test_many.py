"""Many accesses at once against one by one: the same answers, counters, TLBs and memory, however they are cut."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Mmu
from emulator.base.bits import PX, A, D, G, R, U, V, W, X
from emulator.base.names import Access
from emulator.mmu.tables import LARGE
from emulator.native.engine import choice
from emulator.paging import format as paging
from emulator.paging.modes import MODES
from tests.pages import profile_with

pytestmark = pytest.mark.both_engines

PAGE = 4096
EXTENDED = ("sv39", "sv48", "sv57")
FIRST = 0x40000000  # where mapped pages begin
SMALL = {"tlb__l1d__entries": 8, "tlb__l1i__entries": 8, "tlb__l2__entries": 24}
SHAPES = (
    SMALL,
    SMALL | {"tlb__l1d__ways": 1, "tlb__l2__ways": 3},
    SMALL | {"tlb__l2__ways": 8, "tlb__l2__policy": "plru"},
    SMALL | {"tlb__l1d__policy": "srrip", "tlb__l2__policy": "random"},
    SMALL | {"tlb__l2__inclusive": "true"},
    SMALL | {"tlb__l1d__entries": 0},
)
EMPTY = ([], [], [], [], [])
TLBS = ("itlb", "itlb_2m", "itlb_1g", "dtlb", "dtlb_2m", "dtlb_1g", "stlb", "stlb_2m", "stlb_1g")
STATE = (*TLBS, "superpages", "clock", "count", "cost", "privilege", "root", "asid_bits")
PAGES = 40

rights = st.sets(st.sampled_from([R, W, X, U, G, A, D])).map(lambda bits: sum(bits) | V)
granted = st.one_of(  # None, or rights and what Svnapot and Svpbmt add
    st.just((V | R | W | X | U | A | D, 0)),
    st.none(),
    st.tuples(rights, st.sampled_from([0, 0, 0, 1 << 63, 1 << 62, 1 << 61, 1 << 54])),
)
offsets = st.one_of(st.integers(0, PAGES * PAGE), st.integers(1, PAGES).map(lambda page: page * PAGE - 4))
accesses = st.tuples(
    st.one_of(
        st.one_of(offsets, offsets, st.integers(1 << 21, (1 << 22) + (1 << 21))).map(lambda offset: FIRST + offset),
        st.sampled_from([1 << 40, -FIRST, 1 << 62]),
    ),
    st.sampled_from([access.name.lower() for access in Access]),
    st.sampled_from([1, 2, 4, 8]),
    st.integers(0, 2),
    st.sampled_from(["user", "supervisor"]),
)


def machine(mode, granted, larger, **settings):
    """An Mmu whose pages from FIRST on have these rights, behind them a large page with the rights `larger`."""
    extensions = {"extensions": "svnapot+svpbmt"} if mode in EXTENDED else {}
    mmu = Mmu(paging=mode, memory="1MiB", **extensions, **settings)
    hart, levels = mmu._world.hart[0], MODES[mode].levels
    width, all_bits = (4, (1 << 32) - 1) if mode == "sv32" else (8, (1 << 64) - 1)

    def put(va, level, pte):  # the table at each level is in the frame of its number
        place = paging.nth_entry(hart, (level + 1) * PAGE, paging.index_of(hart, va, level))
        mmu.memory.write(place, pte & all_bits, width)

    mmu.root = levels * PAGE
    for level in range(1, levels):
        put(FIRST, level, paging.make_pointer(hart, level))
    large = LARGE.get(MODES[mode].format, 0)
    put(FIRST + paging.span(hart, 1), 1, (paging.make_leaf(hart, 0, larger[0]) ^ large) if larger else 0)
    for page, leaf in enumerate(granted):
        if leaf:
            more = leaf[1] if mode in EXTENDED else 0
            put(FIRST + page * PAGE, 0, paging.make_leaf(hart, 16 + page, leaf[0]) | more)
    return mmu


def one_by_one(mmu, rows):
    """What `translate` says of each access, as `translate_many` puts it."""
    found = []
    for va, access, size, asid, privilege in rows:
        mmu.asid, mmu.privilege = asid, privilege
        out = mmu.translate(va, access, size)
        none = tuple(-1 if value is None else value for value in (out.pa, out.cause, out.error))
        found.append((none[0], out.fault or 0, none[1], out.cycles, len(out.references), none[2]))
    mmu.asid, mmu.privilege = 0, "user"
    return found


def state(mmu):
    """What is left of it all."""
    hart = mmu._harts[0]
    parts = [hart[name].tobytes() for name in STATE]
    return parts, mmu.memory._words.tobytes(), mmu.counters


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("caches", [True, False])
@settings(max_examples=3 if choice(None) == "plain" else 20)
@given(
    granted=st.lists(granted, min_size=PAGES, max_size=PAGES),
    larger=granted,
    rows=st.lists(accesses, min_size=1, max_size=60),
    cuts=st.sets(st.integers(1, 59), max_size=4),
    shape=st.sampled_from(SHAPES),
    fenced=st.integers(0, PAGES - 1),
)
def test_many_are_as_one_by_one_however_they_are_cut(mode, caches, granted, larger, rows, cuts, shape, fenced):
    one, many, counted = (machine(mode, granted, larger, profile=profile_with(**shape), caches=caches) for _ in "123")
    for first, last in itertools.pairwise([0, *sorted(cuts), 60]):
        here = rows[first:last]
        vas, access, size, asid, privilege = map(list, zip(*here, strict=True)) if here else EMPTY
        answer = many.translate_many(vas, access, size, asid=asid, privilege=privilege)
        assert answer.tolist() == one_by_one(one, here)
        counted.translate_many(vas, access, size, asid=asid, privilege=privilege, keep=())
        assert state(many) == state(counted) == state(one)
        for mmu in (one, many, counted):
            mmu.fence(FIRST + fenced * PAGE)  # leaves ghosts, which make no road plain


def test_what_many_loads_bring_into_the_second_level_lets_the_supervisor_fetch():
    """arm64 tells what the supervisor may execute (PXN) apart from what users may (UXN); a TLB keeps both."""
    mmu = machine("arm64", [(V | R | PX | A | D, 0)] * PAGES, None, caches=False)
    mmu.privilege = "supervisor"
    vas = [FIRST + page * PAGE for page in range(3)]
    assert mmu.translate_many(vas, "load")["fault"].tolist() == [0, 0, 0]
    assert [mmu.translate(va, "fetch", 4).fault for va in vas] == [None, None, None]
