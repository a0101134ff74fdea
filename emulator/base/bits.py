"""All address and PTE-field arithmetic. Nothing else in the emulator shifts an address.

Virtual address, Sv39 (RISC-V privileged manual, "Sv39: Page-Based 39-bit Virtual-Memory System")

    63      39 38    30 29    21 20    12 11       0
    | sign    | VPN[2] | VPN[1] | VPN[0] | offset   |

Page-table entry, all RISC-V modes

    63 62   61 60     54 53               10 9 8 7 6 5 4 3 2 1 0
    |N|PBMT   |reserved |       PPN         |RSW|D|A|G|U|X|W|R|V|

TLB word: what a TLB entry grants, ready for use

    63      56 55 54                      12 11 10 9 8 7 6 5 4 3 2 1 0
    |         |S|  physical page address    |N|G|level|D|A|G|U|X|W|R|V|     bit 10: a ghost, beside the sets: the number
                                                                            of what dropped the entry in the address
                                                                            bit 11: negative: a PTE that was not valid
                                                                            bit 55: stale, its PTE grants it no longer:
                                                                            the address then lies beyond all memory

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
INDEX_BITS = 9
TABLE_ENTRIES = 1 << INDEX_BITS
OFFSET = PAGE_BYTES - 1

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
PTE_FLAGS = 0xFF
PPN_SHIFT = 10
PPN_MASK = (1 << 44) - 1
RESERVED = 0x7F << 54  # bits 60-54
PBMT = 3 << 61
NAPOT = -1 << 63

LEVEL_SHIFT = 8
GHOST = 1 << 10
NEGATIVE = 1 << 11
STALE = 1 << 55
FRAME_ADDRESS = ((1 << 56) - 1) & ~OFFSET

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
    """Return the size of a page whose leaf PTE stands at `level` (0: 4 KiB, 1: 2 MiB, 2: 1 GiB)."""
    return 1 << (PAGE_SHIFT + INDEX_BITS * level)


@hot
def canonical(va, levels):
    """Return whether `va`'s upper bits repeat the top bit that a walk of `levels` levels translates (F10)."""
    unused = 64 - PAGE_SHIFT - INDEX_BITS * levels
    return (va << unused) >> unused == va


@hot
def entry_address(table, va, level):
    """Return the physical address of the PTE for `va` at `level` in the table at physical address `table`."""
    return table + (((va >> (PAGE_SHIFT + INDEX_BITS * level)) & (TABLE_ENTRIES - 1)) << 3)


@hot
def nth_entry(table, number):
    """Return the address of the 8-byte entry `number` of the table at `table`."""
    return table + (number << 3)


@hot
def ppn_of(pte):
    """Return the physical page number in `pte`."""
    return (pte >> PPN_SHIFT) & PPN_MASK


@hot
def make_pte(ppn, bits):
    """Return the PTE that maps frame `ppn` with flag `bits`."""
    return (ppn << PPN_SHIFT) | bits


@hot
def target_of(pte):
    """Return the physical address of the table or page that `pte` points to."""
    return ((pte >> PPN_SHIFT) & PPN_MASK) << PAGE_SHIFT


@hot
def key_of(va, asid_bits):
    """Return the TLB key of `va` in the address space whose ASID, shifted into place, is `asid_bits`."""
    return ((va >> PAGE_SHIFT) & KEY_PAGE) | asid_bits


@hot
def asid_bits_of(asid):
    """Return `asid` shifted to its place in a TLB key."""
    return asid << ASID_SHIFT


@hot
def level_key(key, level):
    """Return `key` without the page bits that a page at `level` covers itself."""
    return (key >> (INDEX_BITS * level)) << (INDEX_BITS * level)


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
def make_word(pte, level, base):
    """Return the TLB word of leaf `pte` at `level`; addresses count from `base`, the start of physical memory."""
    return ((((pte >> PPN_SHIFT) & PPN_MASK) << PAGE_SHIFT) - base) | (pte & PTE_FLAGS) | (level << LEVEL_SHIFT)


@hot
def level_of(word):
    """Return the level of the leaf PTE that a TLB word was made from."""
    return (word >> LEVEL_SHIFT) & 3


@hot
def make_ghost(word, number):
    """Return the ghost of a TLB word that invalidation `number` drops."""
    return (word & (3 << LEVEL_SHIFT)) | GHOST | (number << PAGE_SHIFT)


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
def frame_in(word):
    """Return the number of the frame that a TLB word maps, stale or not; memory starts at address 0."""
    return (word & FRAME_ADDRESS & ~STALE) >> PAGE_SHIFT


@hot
def place_in(word, va):
    """Return the place in memory that `va` has under a TLB word."""
    return (word & FRAME_ADDRESS) | (va & (page_bytes(level_of(word)) - 1))
