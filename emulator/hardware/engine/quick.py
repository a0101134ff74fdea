"""Quick pages: the page that the instruction loop last loaded from, and the one that it last stored to.

While nothing but the two is accessed, the entry of each stays first of its set of a data TLB: accesses to them change
no TLB, and need no more than a compare. All other accesses come here, and make another page quick.
"""

from emulator.base.bits import LARGEST, at, key_of, level_key, page_of, place_in
from emulator.base.jit import apart, hot, rare
from emulator.base.names import Access, Fault
from emulator.hardware.access import store
from emulator.hardware.cache import wait_for_data
from emulator.hardware.checker.tables import is_watched
from emulator.hardware.checker.writes import put_aligned
from emulator.hardware.memory import bring_near, read_aligned
from emulator.hardware.overlap import load_beside
from emulator.hardware.translation.levels import first_level
from emulator.hardware.translation.plain import NOT_PLAIN, plain_place
from emulator.hardware.translation.tlb import lacks, set_of, unchanged_by_a_hit
from emulator.world.hart import NO_LINE, NO_PAGE

REFUSED = -1
AT_ONCE = 1 << 62  # cycles: as many as let the loop look at once at what it fetches


@apart
def load_elsewhere(world, hart, va, size, apart, other):
    """Do what `load_beside` does for an address that is on no quick page; `other` is the quick page of stores.

    Return the cycles booked, or AT_ONCE where the line fetched last has to be entered anew, or REFUSED; (page, frame)
    for loads; and what is the quick page of stores now.
    """
    before, place = hart.clock, NOT_PLAIN
    if va & (size - 1) == 0 and apart == 0:
        place = plain_place(world, hart, va, hart.read_need, hart.read_want)
    if place != NOT_PLAIN:
        bring_near(world, place)
        wait_for_data(world, hart, place)
        hart.value = read_aligned(world, place, size)
    elif load_beside(world, hart, va, size, apart) != Fault.NONE:
        return REFUSED, NO_PAGE, 0, NO_PAGE
    page, frame = quick_now(world, hart, va, place, hart.read_need, hart.read_want)
    other = still_quick(world, hart, other, hart.write_need, hart.write_want)
    return spent_since(hart, before), page, frame, other


@apart
def store_elsewhere(world, hart, va, value, size, other):
    """As `load_elsewhere`, for a store; `other` is the quick page of loads."""
    before, place = hart.clock, NOT_PLAIN
    if va & (size - 1) == 0:
        place = plain_place(world, hart, va, hart.write_need, hart.write_want)
    if place != NOT_PLAIN:
        wait_for_data(world, hart, place)
        put_aligned(world, hart, place, value, size)
    elif store(world, hart, va, value, size) != Fault.NONE:
        return REFUSED, NO_PAGE, 0, NO_PAGE
    page, frame = quick_now(world, hart, va, place, hart.write_need, hart.write_want)
    other = still_quick(world, hart, other, hart.read_need, hart.read_want)
    return spent_since(hart, before), page, frame, other


@hot
def quick_now(world, hart, va, place, need, want):
    """As `quick_page`, after an access to `va`; `place` is its place if it took the plain road, which grants it."""
    if place == NOT_PLAIN:
        return quick_page(world, hart, va, need, want)
    if is_watched(world, place):
        return NO_PAGE, 0
    return page_of(va), page_of(place)


@hot
def spent_since(hart, before):
    """Return the cycles booked since the clock was at `before`, or AT_ONCE."""
    return hart.clock - before if hart.fetch_line != NO_LINE else AT_ONCE


@hot
def quick_page(world, hart, va, need, want):
    """Return (page, frame) of `va` if data TLBs grant it and to look it up again changes nothing, else (NO_PAGE, 0).

    A page that the checker watches is never quick. Of a superpage it is the 4 KiB that `va` is in.
    """
    key = key_of(va, hart.asid_bits)
    word = 0
    if unchanged_by_a_hit(hart.dtlb, key, 0):
        word = hart.dtlb.word[at(set_of(hart.dtlb, key, 0))]
    elif hart.superpages != 0:
        word = superpage_unchanged(hart, key)
    frame = page_of(place_in(word, va))
    if word & need == want and not is_watched(world, frame):
        return page_of(va), frame
    return NO_PAGE, 0


@rare
def superpage_unchanged(hart, key):
    """Return the word of the superpage of `key` if a look-up finds it, smaller pages before it, and changes nothing."""
    for level in range(1, LARGEST + 1):
        if not lacks(first_level(hart, Access.LOAD, level - 1), key, level - 1):
            return 0
        tlb, large = first_level(hart, Access.LOAD, level), level_key(key, level)
        if unchanged_by_a_hit(tlb, large, level):
            return tlb.word[at(set_of(tlb, large, level))]
    return 0


@hot
def still_quick(world, hart, page, need, want):
    """Return the quick page `page` if its entry is first of its set yet, after an access to another page; else NO_PAGE.

    Two pages of different sets, or one page that is loaded from and stored to, stay quick side by side.
    """
    if page != NO_PAGE:
        page, _ = quick_page(world, hart, page, need, want)
    return page
