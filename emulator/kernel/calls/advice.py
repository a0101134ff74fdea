"""System calls about pages that are mapped: madvise, mincore, msync, and the mlock family.

Each goes region by region: what is mapped is done, and a hole gives ENOMEM in the end, as on Linux (F70).
"""

import errno

from emulator.base.bits import HUGE_BYTES, PAGE_BYTES, W
from emulator.base.kernel_names import Backing, FlushCause, Trait
from emulator.hardware.memory import whole_pages
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.aging import Aging
from emulator.kernel.service.call import Call
from emulator.kernel.service.regions import Piece
from emulator.kernel.service.spaces import Collapsed

WORDS = 1 << 64
MADV_WILLNEED, MADV_DONTNEED, MADV_FREE, MADV_DONTFORK, MADV_DOFORK = 3, 4, 8, 10, 11
MADV_MERGEABLE, MADV_UNMERGEABLE = 12, 13
MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD, MADV_PAGEOUT = 18, 19, 20, 21
MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_DONTNEED_LOCKED = 22, 23, 24
MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_COLLAPSE = 14, 15, 25
HINTS = frozenset({0, 1, 2, MADV_WILLNEED, 16, 17})  # NORMAL, RANDOM, SEQUENTIAL, DONTDUMP, DODUMP: nothing to see here
TRAITS = {  # advice that is a trait of the region from then on: which it gets, which it loses
    MADV_DONTFORK: (Trait.DONT_FORK, 0),
    MADV_DOFORK: (0, Trait.DONT_FORK),
    MADV_WIPEONFORK: (Trait.WIPE_ON_FORK, 0),
    MADV_KEEPONFORK: (0, Trait.WIPE_ON_FORK),
    MADV_MERGEABLE: (Trait.MERGEABLE, 0),
    MADV_UNMERGEABLE: (0, Trait.MERGEABLE),
    MADV_HUGEPAGE: (Trait.HUGE, Trait.NO_HUGE),
    MADV_NOHUGEPAGE: (Trait.NO_HUGE, Trait.HUGE),
}
DROPS = frozenset({MADV_DONTNEED, MADV_FREE, MADV_DONTNEED_LOCKED})
POPULATES = frozenset({MADV_POPULATE_READ, MADV_POPULATE_WRITE})
MERGES = frozenset({MADV_MERGEABLE, MADV_UNMERGEABLE})
ADVICE = HINTS | TRAITS.keys() | DROPS | POPULATES | {MADV_COLD, MADV_PAGEOUT, MADV_COLLAPSE}
RECLAIMS = {  # where there is a swap device
    MADV_WILLNEED: Aging.bring_back,
    MADV_FREE: Aging.give_up,
    MADV_COLD: Aging.cool,
    MADV_PAGEOUT: Aging.page_out,
}
MS_ASYNC, MS_INVALIDATE, MS_SYNC = 1, 2, 4
MLOCK_ONFAULT = 1
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4


def _madvise(kernel: Kernel, process: Process, address: int, length: int, advice: int) -> int:
    address, length = address % WORDS, length % WORDS
    end = address + whole_pages(length)
    if advice not in ADVICE or address % PAGE_BYTES or end >= WORDS:
        return -errno.EINVAL
    if advice in MERGES and not kernel.world.policy.ksm:
        return -errno.EINVAL  # Linux without CONFIG_KSM
    pieces = kernel.spaces.pieces(process.space, address, min(end, USER_END))
    if advice in POPULATES:
        return _populate(kernel, process, pieces, (address, end), advice == MADV_POPULATE_WRITE)
    holes = _holes(pieces, address, end)
    for at, piece in enumerate(pieces):
        if not _takes(piece, advice):
            pieces, holes = pieces[:at], errno.EINVAL
            break
        if advice in DROPS and piece.traits & Trait.HUGETLB:
            pieces[at] = piece._replace(end=piece.end - piece.end % HUGE_BYTES)
    if kernel.world.swap.slots and _reclaim(kernel, process, pieces, advice):
        return -holes
    if advice in DROPS:
        if any(piece.backing == Backing.IMAGE for piece in pieces):
            process.image.keep(kernel.world)
        for first, last in _runs(pieces):
            if not kernel.spaces.discard(process.space, first, last, FlushCause.DISCARD):
                return -errno.ENOMEM
    elif advice == MADV_COLLAPSE:
        for piece in pieces:
            wrong = _collapse(kernel, process, piece)
            if wrong:
                return -wrong
    elif advice in TRAITS:
        put, take = TRAITS[advice]
        for first, last in _runs(pieces):
            if not kernel.spaces.change_traits(process.space, first, last, put, take):
                return -errno.ENOMEM
            if advice == MADV_UNMERGEABLE and not kernel.merging.undo(process.space, first, last):
                return -errno.ENOMEM
    return -holes


def _reclaim(kernel: Kernel, process: Process, pieces: list[Piece], advice: int) -> bool:
    """Do what advice asks of pages that a swap device may have; return whether it is of that kind.

    Where there are huge pages MADV_FREE drops at once, as without a swap device.
    """
    if advice not in RECLAIMS or (advice == MADV_FREE and kernel.world.space[process.space].huge):
        return False
    for first, last in _runs(pieces):
        RECLAIMS[advice](kernel.aging, process.space, first, last)
    return True


def _collapse(kernel: Kernel, process: Process, piece: Piece) -> int:
    """Let what the piece has of whole 2 MiB be huge pages, whatever the policy; return the error: mm/khugepaged.c."""
    last = (piece.region_end - HUGE_BYTES) // HUGE_BYTES * HUGE_BYTES
    small = piece.backing != Backing.ZEROS or piece.traits & (Trait.NO_HUGE | Trait.HUGETLB)
    first, end = -(-piece.start // HUGE_BYTES) * HUGE_BYTES, piece.end // HUGE_BYTES * HUGE_BYTES
    if small or last < piece.region_start or end < first:
        return errno.EINVAL
    outcome = kernel.spaces.collapse(process.space, first, end)
    return {Collapsed.WHOLE: 0, Collapsed.IN_PART: errno.EINVAL, Collapsed.NO_FRAMES: errno.ENOMEM}[outcome]


def _takes(piece: Piece, advice: int) -> bool:
    """Return whether the kind of memory takes the advice: Linux, mm/madvise.c."""
    if piece.traits & Trait.HUGETLB:
        if advice in (MADV_FREE, MADV_COLD, MADV_PAGEOUT, MADV_WIPEONFORK) or piece.start % HUGE_BYTES:
            return False
        if advice in TRAITS and piece.end % HUGE_BYTES:
            return False
    if advice in (MADV_DONTNEED, MADV_FREE, MADV_COLD, MADV_PAGEOUT) and piece.traits & Trait.LOCKED:
        return False
    return advice not in (MADV_FREE, MADV_WIPEONFORK) or piece.backing == Backing.ZEROS


def _populate(kernel: Kernel, process: Process, pieces: list[Piece], place: tuple[int, int], write: bool) -> int:
    reached, end = place
    for piece in pieces:
        if piece.start > reached:
            return -errno.ENOMEM
        if not piece.prot & W if write else not piece.prot:
            return -errno.EINVAL
        if not kernel.spaces.populate(process.space, piece.start, piece.end, write):
            return -errno.EFAULT if _ends_before(kernel, piece, kernel.hart.fault_va) else -errno.ENOMEM
        reached = piece.end
    return 0 if reached == end else -errno.ENOMEM


def _ends_before(kernel: Kernel, piece: Piece, va: int) -> bool:
    """Return whether `piece` is of a file, or of shared memory, that has no page there."""
    offset = piece.object_offset + va - piece.region_start
    return piece.backing in (Backing.FILE, Backing.OBJECT) and not kernel.files.cache.has_page(piece.object, offset)


def _small(pieces: list[Piece], end: int) -> list[Piece]:
    """Return those up to `end` that have small pages: huge ones of MAP_HUGETLB are never taken away."""
    return [piece for piece in pieces if piece.start < end and not piece.traits & Trait.HUGETLB]


def _runs(pieces: list[Piece]) -> list[tuple[int, int]]:
    """Return the ranges that pieces make up without a hole."""
    runs: list[tuple[int, int]] = []
    for piece in pieces:
        if runs and runs[-1][1] == piece.start:
            runs[-1] = runs[-1][0], piece.end
        else:
            runs.append((piece.start, piece.end))
    return runs


def _holes(pieces: list[Piece], start: int, end: int) -> int:
    """Return ENOMEM if any byte of `start` to `end` is in no piece, else 0."""
    return 0 if start == end or _runs(pieces) == [(start, end)] else errno.ENOMEM


def _mincore(kernel: Kernel, process: Process, address: int, length: int, vector: int) -> int:
    address, length = address % WORDS, length % WORDS
    if address % PAGE_BYTES:
        return -errno.EINVAL
    if address + length > USER_END:
        return -errno.ENOMEM
    reached, end = address, address + whole_pages(length)
    if vector % WORDS + (end - address) // PAGE_BYTES > USER_END:
        return -errno.EFAULT
    for piece in kernel.spaces.pieces(process.space, address, end):
        if piece.start > reached:
            return -errno.ENOMEM
        there = bytes(kernel.spaces.is_there(process.space, piece, va) for va in range(reached, piece.end, PAGE_BYTES))
        kernel.user.write(vector + (reached - address) // PAGE_BYTES, there)
        reached = piece.end
    return 0 if reached == end else -errno.ENOMEM


def _msync(kernel: Kernel, process: Process, address: int, length: int, flags: int) -> int:
    address, length = address % WORDS, length % WORDS
    if flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) or address % PAGE_BYTES:
        return -errno.EINVAL
    if flags & MS_ASYNC and flags & MS_SYNC:
        return -errno.EINVAL
    end = address + whole_pages(length) % WORDS
    pieces = kernel.spaces.pieces(process.space, address, min(end, USER_END))
    if flags & MS_INVALIDATE and any(piece.traits & Trait.LOCKED for piece in pieces):
        return -errno.EBUSY
    return -_holes(pieces, address, end)


def _pages(address: int, length: int) -> tuple[int, int]:
    """Return the range of whole pages that these bytes lie in."""
    start = address % WORDS // PAGE_BYTES * PAGE_BYTES
    return start, start + whole_pages(length % WORDS + address % PAGE_BYTES) % WORDS


def _lock(kernel: Kernel, process: Process, address: int, length: int, lock: bool) -> int:
    """Let the pages up to the first hole be locked, or no more; say whether there is one (mlock)."""
    start, end = _pages(address, length)
    if end >= WORDS:
        return -errno.EINVAL
    pieces = kernel.spaces.pieces(process.space, start, min(end, USER_END))
    put, take = (Trait.LOCKED, 0) if lock else (0, Trait.LOCKED)
    for first, last in _runs(pieces)[:1]:
        if first == start and not all(
            kernel.spaces.change_traits(process.space, *run, put, take) for run in _runs(_small(pieces, last))
        ):
            return -errno.ENOMEM
    return -_holes(pieces, start, end)


def _mlock(kernel: Kernel, process: Process, address: int, length: int) -> int:
    return _mlock2(kernel, process, address, length, 0)


def _mlock2(kernel: Kernel, process: Process, address: int, length: int, flags: int) -> int:
    if flags & ~MLOCK_ONFAULT:
        return -errno.EINVAL
    wrong = _lock(kernel, process, address, length, lock=True)
    if wrong or flags:
        return wrong
    return 0 if kernel.spaces.populate(process.space, *_pages(address, length)) else -errno.ENOMEM


def _munlock(kernel: Kernel, process: Process, address: int, length: int) -> int:
    return _lock(kernel, process, address, length, lock=False)


def _mlockall(kernel: Kernel, process: Process, flags: int) -> int:
    if not flags or flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) or flags == MCL_ONFAULT:
        return -errno.EINVAL
    kernel.spaces.set_new_traits(process.space, Trait.LOCKED if flags & MCL_FUTURE else 0)
    if flags & MCL_CURRENT:
        for first, last in _runs(_small(kernel.spaces.pieces(process.space, 0, USER_END), USER_END)):
            kernel.spaces.change_traits(process.space, first, last, put=Trait.LOCKED)
            if not flags & MCL_ONFAULT:
                kernel.spaces.populate(process.space, first, last)  # Linux: what cannot be is not told
    return 0


def _munlockall(kernel: Kernel, process: Process) -> int:
    kernel.spaces.set_new_traits(process.space, 0)
    for first, last in _runs(_small(kernel.spaces.pieces(process.space, 0, USER_END), USER_END)):
        kernel.spaces.change_traits(process.space, first, last, take=Trait.LOCKED)
    return 0


CALLS = (
    Call("msync", "wwi", _msync, "nothing to write back: no file leaves memory; says whether all of it is mapped"),
    Call("mlock", "ww", _mlock, "keeps pages, which `--swap` may not take away then, and maps them all at once"),
    Call("munlock", "ww", _munlock, "the opposite"),
    Call("mlockall", "i", _mlockall, "the same for all pages, `MCL_CURRENT`, `_FUTURE`, `_ONFAULT`"),
    Call("munlockall", "", _munlockall, "the opposite"),
    Call("mincore", "www", _mincore, "says which pages are in a frame, those of files mapped or not"),
    Call(
        "madvise",
        "wwi",
        _madvise,
        "`MADV_DONTNEED` drops pages at once, `_FREE` too, but with `--swap` for want of frames, and unless they are "
        "written to again; `_PAGEOUT`, `_COLD`, `_WILLNEED` with `--swap`; `_MERGEABLE` and `_UNMERGEABLE` with "
        "`--ksm`, else EINVAL; `_DONTFORK`, `_DOFORK`, `_WIPEONFORK`, `_KEEPONFORK`, "
        "`_POPULATE_READ`, `_POPULATE_WRITE`, `_HUGEPAGE`, `_NOHUGEPAGE` as on Linux; `_COLLAPSE` of private memory; "
        "hints are taken and change nothing; punching holes gives EINVAL",
    ),
    Call("mlock2", "wwi", _mlock2, "mlock, with `MLOCK_ONFAULT`"),
)
