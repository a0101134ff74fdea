"""mremap: mappings that grow, shrink and move, as Linux 6.17 and later have it (mm/mremap.c).

A range that keeps its length and moves to a place that is named may be of several regions, with holes between; any
other is of one. What is found wrong with the numbers comes before anything is looked at; then the destination is
unmapped.
"""

import errno

from emulator.base.bits import HUGE_BYTES, PAGE_BYTES
from emulator.base.kernel_names import Backing, Trait
from emulator.hardware.memory import whole_pages
from emulator.kernel.calls.memory import MAP_HUGETLB, WORDS, choose_range, cuts_hugetlb
from emulator.kernel.kernel import Kernel
from emulator.kernel.memory.regions import LOWEST
from emulator.kernel.processes.process import Process
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.call import Call
from emulator.kernel.service.regions import Piece

MAYMOVE, FIXED, DONTUNMAP = 1, 2, 4


def _mremap(kernel: Kernel, process: Process, address: int, old: int, new: int, flags: int, to: int) -> int:
    address, to = address % WORDS, to % WORDS
    old, new = whole_pages(old % WORDS) % WORDS, whole_pages(new % WORDS) % WORDS
    if _is_wrong(address, old, new, flags, to):
        return -errno.EINVAL
    if flags & FIXED and old == new:
        return _move_all(kernel, process, address, old, flags, to)
    found = kernel.spaces.pieces(process.space, address, address + PAGE_BYTES)
    if not found:
        return -errno.EFAULT
    piece = found[0]
    if piece.traits & Trait.HUGETLB:
        old, new = -(-old // HUGE_BYTES) * HUGE_BYTES, -(-new // HUGE_BYTES) * HUGE_BYTES
    if flags & (FIXED | DONTUNMAP):
        return _move(kernel, process, piece, old, new, flags, to)
    if piece.traits & Trait.HUGETLB and ((address | to) % HUGE_BYTES or new > old):
        return -errno.EINVAL
    if new < old:
        return _shrink(kernel, process, address + new, address + old) or address
    return address if new == old else _grow(kernel, process, piece, old, new, flags)


def _is_wrong(address: int, old: int, new: int, flags: int, to: int) -> bool:
    """Return whether such numbers are refused whatever is mapped: Linux, check_mremap_params."""
    if flags & ~(MAYMOVE | FIXED | DONTUNMAP) or address % PAGE_BYTES or new == 0 or new > USER_END:
        return True
    if not flags & (FIXED | DONTUNMAP):
        return False
    if to > USER_END - new or to % PAGE_BYTES or not flags & MAYMOVE or (flags & DONTUNMAP and old != new):
        return True
    return (address + old) % WORDS > to and to + new > address


def _move_all(kernel: Kernel, process: Process, address: int, length: int, flags: int, to: int) -> int:
    """Move all that is mapped in a range, holes staying holes, that begins with a region: Linux, remap_move."""
    end = address + length
    pieces = kernel.spaces.pieces(process.space, address, min(end, USER_END)) if end < WORDS else []
    if not pieces or pieces[0].start > address:
        return -errno.EFAULT
    for number, piece in enumerate(pieces):
        if piece.traits & Trait.HUGETLB and (number or piece.region_end < end):
            return -errno.EFAULT
        size = piece.end - piece.start
        result = _move(kernel, process, piece, size, size, flags, to + piece.start - address)
        if result < 0:
            return result
    return to


def _move(kernel: Kernel, process: Process, piece: Piece, old: int, new: int, flags: int, to: int) -> int:
    """Move `old` bytes of the region of `piece` to `to`, where they are to be `new` bytes; return where, or -errno."""
    wrong = _refusal(piece, old, new, flags, to)
    if wrong:
        return -wrong
    start, space = piece.start, process.space
    if flags & FIXED:
        if cuts_hugetlb(kernel, process, to, to + new):
            return -errno.EINVAL
        if not kernel.spaces.replace(space, to, to + new):
            return -errno.ENOMEM
        if to < LOWEST:
            return -errno.EPERM
        if not kernel.spaces.pieces(space, start, start + PAGE_BYTES):
            return -errno.EFAULT  # of 0 bytes that were to be shown where they are
    if new < old:
        wrong = _shrink(kernel, process, start + new, start + old)
        if wrong:
            return wrong
        old = new
    if not flags & FIXED:
        to = choose_range(kernel, process, to, new, 0)
    return to if to < 0 else _moved(kernel, process, piece._replace(end=start + old), new, flags, to)


def _refusal(piece: Piece, old: int, new: int, flags: int, to: int) -> int:
    """Return the error of moving or growing what `piece` begins, 0 for none: Linux, check_prep_vma."""
    if piece.traits & Trait.HUGETLB and ((piece.start | to) % HUGE_BYTES or new > old or flags & DONTUNMAP):
        return errno.EINVAL
    if old == 0 and not piece.shared:
        return errno.EINVAL
    if min(old, new) > piece.region_end - piece.start:
        return errno.EFAULT
    if new > old and piece.backing == Backing.IMAGE and piece.start + new > piece.region_end:
        return errno.ENOMEM  # left out: what lies beyond a program's segment in its file
    return 0


def _grow(kernel: Kernel, process: Process, piece: Piece, old: int, new: int, flags: int) -> int:
    """Let `old` bytes of the region of `piece` be `new`, in place if they are its last and nothing is in the way."""
    wrong = _refusal(piece, old, new, flags, piece.start)
    if wrong:
        return -wrong
    end = piece.start + new
    if piece.start + old == piece.region_end and end <= USER_END and kernel.moves.extend(process.space, piece, end):
        _populate(kernel, process, piece, piece.region_end, end)
        return piece.start
    if not flags & MAYMOVE:
        return -errno.ENOMEM
    to = choose_range(kernel, process, 0, new, MAP_HUGETLB if piece.traits & Trait.HUGETLB else 0)
    return to if to < 0 else _moved(kernel, process, piece._replace(end=piece.start + old), new, flags, to)


def _moved(kernel: Kernel, process: Process, piece: Piece, new: int, flags: int, to: int) -> int:
    """Move `piece` to `to`, `new` bytes that are free, or show there what it begins with; return where, or -errno."""
    old = piece.end - piece.start
    if old == 0:
        done = kernel.moves.show_again(process.space, piece.start, to, to + new)
    else:
        if piece.backing == Backing.IMAGE and flags & DONTUNMAP:
            process.image.keep(kernel.world)
        done = kernel.moves.move(process.space, piece, to, to + new, keep=bool(flags & DONTUNMAP))
    if not done:
        return -errno.ENOMEM
    if new > old:
        _populate(kernel, process, piece, to + old, to + new)
    return to


def _shrink(kernel: Kernel, process: Process, start: int, end: int) -> int:
    """Unmap what is too much; return 0 or -errno, as munmap does."""
    if end > USER_END or start >= end:
        return -errno.EINVAL
    if cuts_hugetlb(kernel, process, start, end):
        return -errno.EINVAL
    return 0 if kernel.spaces.unmap(process.space, start, end, postpone=True) else -errno.ENOMEM


def _populate(kernel: Kernel, process: Process, piece: Piece, start: int, end: int) -> None:
    """Map what has grown, if it is locked; Linux does not tell what cannot be."""
    if piece.traits & Trait.LOCKED:
        kernel.spaces.populate(process.space, start, end)


CALLS = (
    Call(
        "mremap",
        "wwwww",
        _mremap,
        "grows a mapping in place, shrinks it, moves it with `MREMAP_MAYMOVE`, to a given place with `_FIXED`, or its "
        "pages alone with `_DONTUNMAP`; 0 bytes of shared memory are shown once more; a segment of a program does not "
        "grow: ENOMEM",
    ),
)
