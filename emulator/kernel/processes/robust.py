"""Robust futexes: locks whose owner has ended are told so (Linux, `Documentation/locking/robust-futexes.rst`).

A thread keeps a list of the locks that it holds in its own memory. At its end each word that still names it
becomes OWNER_DIED, and one waiter is woken.

    head:  first entry | offset of the word in an entry | entry that is about to be added or taken out
"""

import struct
from collections.abc import Iterator

from emulator.kernel.service.usercopy import BadAddress, UserMemory

HEAD = struct.Struct("<qqq")
WAITERS, OWNER_DIED, TID_MASK = 0x80000000, 0x40000000, 0x3FFFFFFF
LONGEST = 2048  # entries that are looked at: a list may be a ring that never comes back


def tell_dead(user: UserMemory, head: int, tid: int) -> Iterator[int]:
    """Tell the words of the list at `head` that their owner `tid` is dead; yield each that somebody may wait at."""
    try:
        entry, offset, pending = HEAD.unpack(user.read(head, HEAD.size))
        for _ in range(LONGEST):
            entry &= ~1  # the lowest bit says that the lock inherits priorities
            if entry == head:
                break
            following = int.from_bytes(user.read(entry, 8), "little", signed=True)
            if entry != pending:
                yield from _tell(user, entry + offset, tid)
            entry = following
        if pending & ~1:
            yield from _tell(user, (pending & ~1) + offset, tid)
    except BadAddress:
        return


def _tell(user: UserMemory, address: int, tid: int) -> Iterator[int]:
    word = int.from_bytes(user.read(address, 4), "little")
    if word & TID_MASK == tid:
        user.write(address, (word & WAITERS | OWNER_DIED).to_bytes(4, "little"))
        if word & WAITERS:
            yield address
