"""Walk caches that are wrong in one thing each: the test of that thing's name finds it."""

import pytest

from emulator.base.bits import RIGHTS, G, at, make_word, span_key
from emulator.hardware.translation import fence, mmu, walk_cache, walker
from emulator.paging import fences
from tests.hardware.translation import test_walk_cache as named
from tests.paging import test_x86_fences as x86
from tests.wrong import Wrong, assert_found

RIGHT = {name: getattr(walk_cache, name) for name in vars(walk_cache)}


def keyed(shift=0, asid=-1):
    """Pointers are told apart by less of their address, or with another mask of the ASID."""
    return lambda va, level_shift, asid_bits: span_key(va, level_shift + shift, asid_bits & asid)


def start(change):
    """A walk begins where it should, but for what `change` makes of level, table and rights."""
    return lambda world, hart, va: change(hart, *RIGHT["start_of_walk"](world, hart, va))


def keep(change):
    """What is kept of a pointer is other than it should be; `change` takes and returns table, rights and level."""

    def kept(world, hart, va, place, table, rights, level):
        RIGHT["keep"](world, hart, va, place, *change(table, rights, level))

    return kept


def dropping(change):
    """A fence drops pointers as if its reach were `change` of what it is."""
    return lambda hart, va, asid_bits, reach: RIGHT["drop_pointers"](hart, va, asid_bits, change(reach))


def nothing(*_):
    """Do nothing."""


def refused_too(world, hart, va):
    """A walk that begins at the root finds what is not valid, and keeps it as if it led somewhere."""
    level, table, rights = RIGHT["start_of_walk"](world, hart, va)
    if level == hart.levels - 1:
        cache, key = hart.walk_cache[0], span_key(va, hart.span_shift[0], hart.asid_bits)
        walk_cache.insert(cache, key, make_word(0, RIGHTS & ~G, 0))
        hart.pointers = 1
    return level, table, rights


def of_any_level(world, hart, va):
    """The highest pointer that is cached is taken, not the lowest."""
    for level in range(hart.levels - 1, 0, -1):
        cache = hart.walk_cache[level - 1]
        entry = walk_cache.promote(cache, span_key(va, hart.span_shift[level - 1], hart.asid_bits), 0)
        if cache.ways and entry >= 0:
            hart.walk_level = level
            return cache.word[at(entry)]
    return 0


WRONG = {
    "filled from pointers that are not valid": Wrong(
        walker, "start_of_walk", refused_too, named.test_F34_a_pointer_that_is_not_valid_is_not_kept
    ),
    "not tagged by ASID": Wrong(
        walk_cache, "span_key", keyed(asid=0), named.test_F22_pointers_are_those_of_one_address_space
    ),
    "tagged by too little of the address": Wrong(
        walk_cache,
        "span_key",
        keyed(shift=2),
        named.test_the_walk_of_an_address_that_shares_upper_tables_begins_below_the_lowest_of_them,
        (1,),
    ),
    "the highest pointer taken": Wrong(
        walk_cache, "nearest", of_any_level, named.test_the_second_walk_reads_the_leaf_alone, ("sv39", 3)
    ),
    "never filled": Wrong(walker, "keep", nothing, named.test_the_second_walk_reads_the_leaf_alone, ("sv39", 3)),
    "filled at the level below alone": Wrong(
        walker,
        "keep",
        lambda world, hart, va, place, table, rights, level: (
            level == 1 and RIGHT["keep"](world, hart, va, place, table, rights, level)
        ),
        named.test_the_walk_of_an_address_that_shares_upper_tables_begins_below_the_lowest_of_them,
        (2,),
    ),
    "given up by the last one used": Wrong(
        walk_cache,
        "promote",
        lambda tlb, key, level: walk_cache_find(tlb, key),
        named.test_of_two_pointers_that_of_the_earlier_use_gives_way,
    ),
    "not dropped by a whole fence": Wrong(
        fence,
        "drop_pointers",
        nothing,
        named.test_F21_a_fence_with_an_address_leaves_pointers_and_any_other_drops_those_it_names,
        (False, True),
    ),
    "dropped by a fence of one page": Wrong(
        fence,
        "POINTERS",
        fences.POINTERS | fences.ONE_PAGE,
        named.test_F21_a_fence_with_an_address_leaves_pointers_and_any_other_drops_those_it_names,
        (True, True),
    ),
    "dropped for all by a fence of one address space": Wrong(
        fence,
        "drop_pointers",
        dropping(lambda reach: reach | fences.ANY_ASID),
        named.test_F21_a_fence_with_an_address_leaves_pointers_and_any_other_drops_those_it_names,
        (False, True),
    ),
    "rights from above forgotten": Wrong(
        walker,
        "start_of_walk",
        start(lambda hart, level, table, rights: (level, table, RIGHTS)),
        x86.test_F30_rights_that_a_table_denies_stay_denied_below_a_pointer_that_is_kept,
        (1, x86.ALL & ~x86.RW, "store", "WRITE_PROTECTED"),
    ),
    "of the one pointer alone the rights kept": Wrong(
        walker,
        "keep",
        keep(lambda table, rights, level: (table, rights if level == 3 else RIGHTS, level)),
        x86.test_F30_rights_that_a_table_denies_stay_denied_below_a_pointer_that_is_kept,
        (2, x86.ALL & ~x86.US, "load", "PRIVILEGE"),
    ),
    "INVLPG of the pointers to its page alone": Wrong(
        fence,
        "drop_pointers",
        dropping(lambda reach: reach & ~fences.POINTERS | fences.POINTERS_OF_PAGE),
        x86.test_F35_invlpg_drops_every_pointer_of_its_pcid_whatever_its_address,
    ),
    "INVLPG of every PCID's pointers": Wrong(
        fence,
        "drop_pointers",
        dropping(lambda reach: reach | fences.ANY_ASID),
        x86.test_F35_invlpg_leaves_other_pages_and_other_pcids,
    ),
    "kept by a page fault": Wrong(
        mmu, "drop_pointers", nothing, x86.test_F40_a_page_fault_drops_the_pointers_to_its_address
    ),
    "A not set in what is kept": Wrong(
        walker, "visit", nothing, x86.test_F34_pointers_that_are_kept_have_a_set_in_memory, ("x86-64",)
    ),
}


def walk_cache_find(tlb, key):
    """Find an entry and leave the order of its set as it is."""
    first = key % (1 << 52) % tlb.sets * tlb.ways
    return next((i for i in range(first, first + tlb.ways) if tlb.word[at(i)] and tlb.key[at(i)] == key), -1)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_walk_cache_fails_the_test_of_what_is_wrong(monkeypatch, name):
    assert_found(monkeypatch, WRONG[name])
