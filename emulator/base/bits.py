"""All arithmetic of addresses, rights and TLB entries. Nothing else in the emulator shifts an address.

What PTEs look like is a matter of their format (`emulator.paging`), which says what they grant in these bits:

Rights: what a page grants, in TLB words, in regions, and wherever the kernel makes a PTE

    7 6 5 4 3 2 1 0     V: there is such a page; R, W, X: it may be read, written, executed; U: by user programs
    |D|A|G|U|X|W|R|V|   G: in every address space; A, D: it has been accessed, written (dirty)

TLB word: what a TLB entry grants, ready for use

    63   52 51 50 49 48 47                   12 11 10    8 7 6 5 4 3 2 1 0
    |guest |Z |PX|N |S | physical page address |G | level |D|A|G|U|X|W|R|V|

    level, 10-8    the size of the page, as `page_bytes` counts them
    G, 11          a ghost, beside the sets: the number of what dropped the entry stands in bits 63-12
    S, 48          stale, its PTE grants it no longer: the address then lies beyond all memory
    N, 49          negative: a PTE that was not valid
    PX, 50         the supervisor may execute it, where a format tells that apart from X (arm64)
    Z, 51          asleep: of a guest that does not run, without V and N (`hardware/translation/guests.py`)
    guest, 63-52   of an entry that is asleep, whose: the number of a virtual machine (RISC-V's VMID, x86's VPID)

TLB key: which page an entry is for

    63      52 51                                     0
    |  ASID   |   virtual address without its offset   |

All integers are signed 64-bit: `uint64 + int64` is an integer when compiled and a float in plain Python.
"""

import numpy as np

from emulator.base.jit import hot

PAGE_SHIFT = 12
PAGE_BYTES = 1 << PAGE_SHIFT
PAGE_WORDS = PAGE_BYTES >> 3
LINE_SHIFT = 6
LINE_BYTES = 1 << LINE_SHIFT
PAGE_LINES = PAGE_BYTES >> LINE_SHIFT
OFFSET = PAGE_BYTES - 1

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
RIGHTS = 0xFF
PX = 1 << 50
EVERY_RIGHT = RIGHTS | PX

LEVEL_SHIFT = 8
LEVEL_MASK = 7
LEVEL_BITS = 9  # a page is 512 times as large as one a level below
HUGE_PAGES = 1 << LEVEL_BITS  # small pages that a huge one, of 2 MiB, takes the place of
HUGE_BYTES = PAGE_BYTES << LEVEL_BITS
LARGEST = 2  # the level of the largest pages that there are TLBs for, 1 GiB: larger ones are kept as pieces
GHOST = 1 << 11
STALE = 1 << 48
NEGATIVE = 1 << 49
FRAME_ADDRESS = ((STALE << 1) - 1) & ~OFFSET

ASLEEP = 1 << 51
GUEST = -1 << 52
WHOSE = GUEST | ASLEEP

ASID_SHIFT = 52
ASID_LIMIT = 1 << (64 - ASID_SHIFT)
KEY_PAGE = (1 << ASID_SHIFT) - 1


@hot
def at(index):
    """Return `index` in the type that indexes an array with no check for a negative index."""
    return np.uint64(index)


@hot
def vpn_of(va):
    """Return the virtual page number of `va`, sign kept."""
    return va >> PAGE_SHIFT


@hot
def frame_of(pa):
    """Return the number of the frame that holds physical address `pa`."""
    return pa >> PAGE_SHIFT


@hot
def address_of(number):
    """Return the address at which page or frame `number` begins."""
    return number << PAGE_SHIFT


@hot
def page_of(va):
    """Return the address at which `va`'s page begins."""
    return va & ~OFFSET


@hot
def page_up(address):
    """Return `address` rounded up to the next page."""
    return (address + OFFSET) & ~OFFSET


@hot
def huge_of(va):
    """Return the address at which the 2 MiB begin that `va` is in."""
    return va & -HUGE_BYTES


@hot
def offset_of(va):
    """Return the offset of `va` in its 4 KiB page."""
    return va & OFFSET


@hot
def pages_in(length):
    """Return how many pages hold `length` bytes that begin on a page."""
    return (length + OFFSET) >> PAGE_SHIFT


@hot
def line_of(pa):
    """Return the number of the cache line that holds physical address `pa`."""
    return pa >> LINE_SHIFT


@hot
def word_of(pa):
    """Return the index in memory of the 8-byte word that holds physical address `pa`."""
    return pa >> 3


@hot
def page_bytes(level):
    """Return the size of the pages that a TLB holds at `level` (0: 4 KiB, 1: 2 MiB, 2: 1 GiB)."""
    return 1 << (PAGE_SHIFT + LEVEL_BITS * level)


@hot
def nth_entry(table, number):
    """Return the address of the 8-byte entry `number` of the table at `table`."""
    return table + (number << 3)


@hot
def key_of(va, asid_bits):
    """Return the TLB key of `va` in the address space whose ASID, shifted into place, is `asid_bits`."""
    return ((va >> PAGE_SHIFT) & KEY_PAGE) | asid_bits


@hot
def asid_bits_of(asid):
    """Return `asid` shifted to its place in a TLB key."""
    return asid << ASID_SHIFT


@hot
def asid_of(asid_bits):
    """Return the ASID that is shifted to its place in `asid_bits`."""
    return (asid_bits >> ASID_SHIFT) & (ASID_LIMIT - 1)


@hot
def level_key(key, level):
    """Return `key` without the page bits that a page at `level` covers itself."""
    return (key >> (LEVEL_BITS * level)) << (LEVEL_BITS * level)


@hot
def span_key(va, shift, asid_bits):
    """Return the key of the 2**`shift` bytes around `va`, as if they were a page, in an address space."""
    return ((va >> shift) & KEY_PAGE) | asid_bits


@hot
def span_start(key, shift):
    """Return the address that such a key's bytes begin at, in the lower half of the address space."""
    return (key & KEY_PAGE) << shift


@hot
def page_address(key):
    """Return the address of the page of a TLB key, in the lower half of the address space."""
    return (key & KEY_PAGE) << PAGE_SHIFT


@hot
def same_page(key, other):
    """Return whether two TLB keys name the same page, whatever their ASIDs."""
    return (key ^ other) & KEY_PAGE == 0


@hot
def same_asid(key, asid_bits):
    """Return whether a TLB key belongs to the address space of `asid_bits`."""
    return (key ^ asid_bits) & ~KEY_PAGE == 0


@hot
def make_word(page, rights, level):
    """Return the TLB word of a page at place `page` in memory, of the size that TLBs have at `level`."""
    return page | rights | (level << LEVEL_SHIFT)


@hot
def rights_in(word):
    """Return what a TLB word that is not stale grants."""
    return word & RIGHTS


@hot
def level_of(word):
    """Return the level whose page size the page of a TLB word has."""
    return (word >> LEVEL_SHIFT) & LEVEL_MASK


@hot
def make_ghost(word, number):
    """Return the ghost of a TLB word that invalidation `number` drops."""
    return (word & (LEVEL_MASK << LEVEL_SHIFT)) | GHOST | (number << PAGE_SHIFT)


@hot
def dropped_by(ghost):
    """Return the number of the invalidation that left `ghost`."""
    return ghost >> PAGE_SHIFT


@hot
def make_stale(word):
    """Return the TLB word of an entry whose PTE no longer grants what `word` does."""
    return (word & ~V) | STALE


@hot
def make_valid(word):
    """Return the word that `make_stale` was given."""
    return (word & ~STALE) | V


@hot
def make_asleep(word, guest):
    """Return the word of an entry or ghost that is asleep; `guest` is the number of whose it is, shifted into place."""
    return word | ASLEEP | guest


@hot
def make_awake(word):
    """Return the word that `make_asleep` was given."""
    return word & ~WHOSE


@hot
def is_asleep(word, guest):
    """Return whether an entry or ghost is asleep, and of the guest whose number, shifted into place, is `guest`."""
    return word & WHOSE == ASLEEP | guest


@hot
def same_guest(word, other):
    """Return whether two entries are asleep and of one guest, or both awake."""
    return (word ^ other) & WHOSE == 0


@hot
def frame_in(word):
    """Return the number of the frame that a TLB word maps, stale or not; memory starts at address 0."""
    return (word & FRAME_ADDRESS & ~STALE) >> PAGE_SHIFT


@hot
def place_in(word, va):
    """Return the place in memory that `va` has under a TLB word."""
    return (word & FRAME_ADDRESS) | (va & (page_bytes(level_of(word)) - 1))
