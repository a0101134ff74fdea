"""TLBs, and policies of TLBs and caches, that are wrong in one thing each: the test of that thing's name finds it."""

import pytest

from emulator.base.bits import FRAME_ADDRESS, D, at, level_of, make_word, same_page
from emulator.hardware import cache
from emulator.hardware.replacement import lru
from emulator.hardware.translation import fence, mmu, tlb, walker
from emulator.hardware.translation.tlb import HELD, MISS
from emulator.paging.fences import GLOBALS
from tests.hardware.replacement import test_order_of_victims as orders
from tests.hardware.translation import test_accessed_dirty as marks
from tests.hardware.translation import test_fence as fences
from tests.hardware.translation import test_geometry as geometry
from tests.hardware.translation import test_inclusion as inclusion
from tests.hardware.translation import test_walk as walks
from tests.wrong import Wrong, assert_found

FIND, PUT_FIRST, INSERT = tlb.find, lru.put_first, tlb.insert
DROP_PAGE, DROP_ALL = tlb.drop_page, tlb.drop_all


def finding(is_it):
    """The entry of a page in its set, were it the one that `is_it` of what it has for a key, its word, and the key."""

    def find(array, key, level, first):
        for entry in range(first, first + array.ways):
            held, word = array.key[at(entry)], array.word[at(entry)]
            if level_of(word) == level and word & HELD and is_it(held, word, key):
                return entry
        return MISS

    return find


def last_used_goes(array, key, word, first, entry):
    """Of a full set the entry that was used last gives way."""
    if entry == first + array.ways - 1 and array.word[at(entry)] != 0:
        array.key[at(first)], array.word[at(first)] = key, word
    else:
        PUT_FIRST(array, key, word, first, entry)


def unordered(array, key, level):
    """A hit leaves the order of its set as it was."""
    found = FIND(array, key, level, tlb.set_of(array, key, level))
    return found if found != MISS else tlb.promote_apart(array, key, level)


def unless(spared, drop, nothing=0):
    """What a fence drops of an array, were there arrays that it spared."""
    return lambda array, *what: nothing if spared(array) else drop(array, *what)


def half_of_the_sets(array, key, level):
    """The lowest bit of the index is left out."""
    return (tlb.page_number(key, level) // 2 % array.sets) * array.ways


WRONG = {
    "ASIDs ignored": Wrong(
        tlb,
        "find",
        finding(lambda held, word, key: same_page(held, key)),
        fences.test_an_address_space_has_its_own_translations,
    ),
    "G ignored": Wrong(
        tlb,
        "find",
        finding(lambda held, word, key: held == key),
        fences.test_a_global_page_is_found_in_every_address_space_after_one_walk,
    ),
    "a bit of the index left out": Wrong(
        tlb, "set_of", half_of_the_sets, geometry.test_pages_as_many_sets_apart_as_there_are_share_a_set, (4, 2)
    ),
    "upper address bits left out of the key": Wrong(
        mmu,
        "key_of",
        lambda va, asid_bits: va >> 12 & (1 << 27) - 1 | asid_bits,
        walks.test_F10_a_cached_page_does_not_answer_for_a_non_canonical_alias,
    ),
    "D stale: taken as set once the page is cached": Wrong(
        walker,
        "make_word",
        lambda page, rights, level: make_word(page, rights | D, level),
        marks.test_F19_a_load_that_primed_the_tlb_does_not_hide_a_clear_d,
        ("svadu",),
    ),
    "a superpage looked for by the number of a small page": Wrong(
        mmu, "level_key", lambda key, level: key, geometry.test_one_entry_of_a_superpage_serves_all_of_its_pages, (1,)
    ),
    "a superpage with the offset of a small page": Wrong(
        mmu,
        "place_in",
        lambda word, va: FRAME_ADDRESS & word | va & 0xFFF,
        walks.test_a_superpage_covers_every_page_in_it,
        ("sv39", 1),
    ),
    "the last used gives way": Wrong(
        lru, "put_first", last_used_goes, geometry.test_the_least_recently_used_entry_goes
    ),
    "hits leave the order as it was": Wrong(
        mmu, "promote", unordered, geometry.test_the_least_recently_used_entry_goes
    ),
    "the second level never filled": Wrong(
        mmu,
        "insert",
        lambda array, key, word: INSERT(array, key, word) if array.ways < 12 else None,
        geometry.test_a_hit_in_the_first_level_is_free_and_in_the_second_costs_its_price,
    ),
    "a fence spares the second level": Wrong(
        fence,
        "drop_all",
        unless(lambda array: array.ways == 12, DROP_ALL),
        fences.test_F21_a_fence_drops_just_what_it_names,
        (0, False, False),
    ),
    "a fence spares instructions": Wrong(
        fence,
        "drop_page",
        unless(lambda array: array.ways == 8, DROP_PAGE),
        fences.test_F21_a_fence_covers_instructions_too,
    ),
    "a fence of all spares global entries": Wrong(
        fence,
        "drop_all",
        lambda array, asid_bits, reach, number: DROP_ALL(array, asid_bits, reach & ~GLOBALS, number),
        fences.test_F21_a_fence_of_every_address_space_drops_global_entries,
        (0, False),
    ),
    "a fence of an address space drops global entries": Wrong(
        fence,
        "drop_page",
        lambda array, key, level, reach, number: DROP_PAGE(array, key, level, reach | GLOBALS, number),
        fences.test_F21_a_fence_of_an_address_space_spares_global_entries,
        (0, True),
    ),
    "a fence of an address spares superpages": Wrong(
        fence,
        "drop_page",
        lambda array, key, level, *how: DROP_PAGE(array, key, level, *how) if level == 0 else 0,
        fences.test_F21_a_fence_of_any_address_in_a_superpage_drops_it,
        (1,),
    ),
    "an inclusive second level that tells nobody": Wrong(
        mmu,
        "insert_inclusive",
        lambda hart, array, key, word: INSERT(array, key, word),
        inclusion.test_a_page_in_use_is_lost_with_its_entry_of_the_second_level_only_if_that_is_inclusive,
        ("true", 3),
    ),
    "first in, first out that counts hits": Wrong(
        cache,
        "touch",
        lambda array, first, way: cache.fill(array, first, way),
        orders.test_first_in_first_out_gives_up_the_first_however_often_it_was_hit,
    ),
    "SRRIP that counts no hits": Wrong(
        cache,
        "touch",
        lambda array, first, way: None,
        orders.test_srrip_keeps_what_came_back_from_a_scan_and_lru_does_not,
    ),
    "SRRIP that overlooks a hit on what was just filled": Wrong(
        cache,
        "SRRIP",
        -1,
        orders.test_the_first_hit_after_a_fill_changes_something_under_srrip_alone,
        ("srrip", 1),
    ),
    "random that gives up the same way each time": Wrong(
        cache,
        "victim",
        lambda array, first: 0,
        orders.test_random_gives_up_each_way_about_as_often_as_the_others,
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_tlb_is_found_by_the_test_of_what_is_wrong(monkeypatch, wrong):
    assert_found(monkeypatch, wrong)
