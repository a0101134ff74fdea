"""Plain roads that are wrong in one thing each: the test of that thing's name finds it."""

from types import SimpleNamespace

import pytest

from emulator.base.bits import A, at, level_of, same_page, span_key
from emulator.hardware.translation import plain
from emulator.hardware.translation.tlb import HELD, MISS, set_of
from tests.hardware.translation import test_plain as roads
from tests.wrong import Wrong, assert_found

FILL, LEAF, BOOK, PLACE_OF = plain.fill_first, plain.leaf_word, plain.book_walk, plain.place_of
HITS = roads.test_hits_of_both_levels_and_walks_are_all_plain, ("walk caches", 1)
GRANTS = roads.test_a_leaf_that_does_not_grant_the_access_at_once_is_not_plain


def but(**others):
    """What the plain road asks of formats, with other answers to some questions."""
    return SimpleNamespace(**{**vars(plain.paging), **others})


def find_in_any_space(tlb, key, level, first):
    """The entry of a page in its set, whatever its ASID."""
    for entry in range(first, first + tlb.ways):
        word = tlb.word[at(entry)]
        if same_page(tlb.key[at(entry)], key) and level_of(word) == level and word & HELD:
            return entry
    return MISS


WRONG = {
    "A taken as set": Wrong(
        plain,
        "paging",
        but(rights_of=lambda hart, pte: A | pte & 0xFF),
        GRANTS,
        ("walk caches", (roads.GRANTED[0] & ~A, 0), roads.loads(5)),
    ),
    "reserved bits ignored": Wrong(
        plain,
        "paging",
        but(encoding_fault=lambda hart, pte, level: 0),
        GRANTS,
        ("walk caches", (roads.GRANTED[0], 1 << 54), roads.loads(5)),
    ),
    "addresses that are not canonical accepted": Wrong(
        plain,
        "paging",
        but(canonical=lambda hart, va: True),
        roads.test_F10_no_address_that_is_not_canonical_is_plain,
        ((1 << 39) + roads.FIRST,),
    ),
    "pointers left unmarked": Wrong(
        plain,
        "paging",
        but(visited=lambda hart, pte: pte),
        roads.test_F34_a_pointer_that_is_yet_to_be_marked_is_not_plain,
        ("x86-64",),
    ),
    "ASIDs ignored": Wrong(
        plain, "find", find_in_any_space, roads.test_a_page_of_another_address_space_is_walked_to_anew
    ),
    "ASIDs ignored in walk caches": Wrong(
        plain,
        "span_key",
        lambda va, shift, asid_bits: span_key(va, shift, 0),
        roads.test_a_page_of_another_address_space_is_walked_to_anew,
    ),
    "ghosts overlooked": Wrong(
        plain,
        "is_plain",
        lambda world, hart: hart.plain,
        roads.test_ghosts_are_not_plain_until_their_places_are_filled,
    ),
    "the second level never filled": Wrong(
        plain, "fill_both", lambda hart, tlb, key, word: FILL(tlb, key, word, set_of(tlb, key, 0)), *HITS
    ),
    "the first level never filled": Wrong(
        plain, "fill_both", lambda hart, tlb, key, word: FILL(hart.stlb, key, word, set_of(hart.stlb, key, 0)), *HITS
    ),
    "hits that leave the order as it was": Wrong(plain, "put_first", lambda tlb, key, word, first, entry: None, *HITS),
    "one read less": Wrong(
        plain,
        "book_walk",
        lambda world, hart, va, reads: BOOK(world, hart, va, reads - 1),
        roads.test_hits_of_both_levels_and_walks_are_all_plain,
        ("no walk caches", 0),
    ),
    "PTEs always in the first cache": Wrong(plain, "unchanged_by_a_hit", lambda cache, place: True, *HITS),
    "offsets lost": Wrong(
        plain,
        "place_of",
        lambda word, va: PLACE_OF(word, va & -4096),
        roads.test_every_byte_of_a_page_has_a_place_of_its_own,
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_plain_road_is_found_by_the_test_of_what_is_wrong(monkeypatch, wrong):
    assert_found(monkeypatch, wrong)
