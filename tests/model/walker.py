"""A reference walker: RISC-V's translation process, step by step, over a dictionary of PTEs. No TLB, no cost.

Written from the rules F10-F20 alone; the tests hold the emulator's MMU against it.
"""

from typing import NamedTuple

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
RESERVED = 0x7F << 54
PBMT, N = 3 << 61, 1 << 63
PAGE_FAULT = {"fetch": 12, "load": 13, "store": 15, "amo": 15, "lr": 13}
ACCESS_FAULT = {"fetch": 1, "load": 5, "store": 7, "amo": 7, "lr": 5}


class Mode(NamedTuple):
    """What the walk depends on beside the tables."""

    levels: int = 3
    user: bool = True
    sum: bool = False
    mxr: bool = False
    svade: bool = False
    index_bits: int = 9  # 10 in Sv32, whose PTEs have 4 bytes
    width: int = 8
    extended: bool = False  # Svnapot and Svpbmt
    wide: bool = False  # the root is four tables, and addresses have two bits more, no sign: Sv39x4 and so on


class Refused(Exception):
    """The access faults with this cause."""


def permits(pte, access, mode):
    """F15-F17: U and SUM first, then R, W, X. A fetch by the supervisor never reaches a user page."""
    if mode.user and not pte & U:
        return False
    if not mode.user and pte & U and (not mode.sum or access == "fetch"):
        return False
    if access == "fetch":
        return bool(pte & X)
    if access in ("store", "amo"):
        return bool(pte & W)
    return bool(pte & R) or (mode.mxr and bool(pte & X))


def walk(words, start, size, root, va, access, mode):
    """The physical address of `va`, with A and D set in `words` (address -> PTE); raises Refused with the cause."""
    va &= (1 << 64) - 1
    bits = 12 + mode.index_bits * mode.levels
    unsigned = mode.wide or mode.width == 4
    signs = (0,) if unsigned else (0, (1 << (65 - bits)) - 1)
    if va >> (bits + 2 * mode.wide if unsigned else bits - 1) not in signs:
        raise Refused(PAGE_FAULT[access])  # F10
    table, level = root, mode.levels - 1
    while True:
        index_bits = mode.index_bits + (2 if mode.wide and table == root else 0)
        place = table + (va >> 12 + mode.index_bits * level & (1 << index_bits) - 1) * mode.width
        if not start <= place < start + size:
            raise Refused(ACCESS_FAULT[access])  # F11
        pte = words.get(place, 0)
        if not pte & V or (pte & W and not pte & R) or pte & RESERVED:
            raise Refused(PAGE_FAULT[access])  # F12
        if pte & (PBMT | N) and (not mode.extended or pte & PBMT == PBMT):
            raise Refused(PAGE_FAULT[access])  # F12
        if pte & (R | W | X):
            break
        if pte & (A | D | U | PBMT | N) or level == 0:
            raise Refused(PAGE_FAULT[access])  # F13, F14
        table, level = (pte >> 10 & (1 << 44) - 1) << 12, level - 1
    page = 1 << 12 + mode.index_bits * level
    target = (pte >> 10 & (1 << 44) - 1) << 12
    if pte & N:
        if level > 0 or target >> 12 & 15 != 8:
            raise Refused(PAGE_FAULT[access])  # F20
        page, target = 16 * page, target - 8 * page
    if target % page or not permits(pte, access, mode):
        raise Refused(PAGE_FAULT[access])  # F14, F15
    needed = A | D if access in ("store", "amo") else A
    if pte & needed != needed:
        if mode.svade:
            raise Refused(PAGE_FAULT[access])  # F18
        words[place] = pte | needed
    pa = target | va % page
    if not start <= pa < start + size:
        raise Refused(ACCESS_FAULT[access])
    return pa
