"""System calls on memory: mapping, unmapping, protecting, advising, the heap."""

import errno

from emulator.base.bits import PAGE_BYTES
from emulator.base.names import FlushCause, RegionKind
from emulator.hardware.memory import whole_pages
from emulator.kernel import entries
from emulator.kernel.call import Call
from emulator.kernel.frames import NONE
from emulator.kernel.kernel import Kernel
from emulator.kernel.process import Process
from emulator.kernel.stack import MMAP_TOP, USER_END

MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS = 0x01, 0x02, 0x10, 0x20
MAP_IGNORED = 0x4000 | 0x20000 | 0x800  # NORESERVE, STACK, DENYWRITE
PROT_ALL = 7
MADV_DONTNEED, MADV_LAST = 4, 25
MMAP_LOWEST = 0x10000


def _brk(kernel: Kernel, process: Process, address: int) -> int:
    start, now = kernel.spaces.heap(process.space)
    if not start <= address <= MMAP_TOP:
        return now
    old, new = whole_pages(now), whole_pages(address)
    if new > old:
        if entries.is_held(kernel.world, process.space, old, new):
            kernel.spaces.catch_up(process.space)
        if not entries.is_free(kernel.world, process.space, old, new):
            return now
        if not _add(kernel, process, old, new, PROT_ALL & ~4, 0, RegionKind.HEAP, 0):
            return now
    elif new < old and not kernel.spaces.unmap(process.space, new, old):
        return now
    kernel.spaces.set_heap(process.space, address)
    return address


def _mmap(kernel: Kernel, process: Process, hint: int, length: int, prot: int, flags: int, *_: int) -> int:
    sharing = flags & (MAP_SHARED | MAP_PRIVATE)
    if length <= 0 or prot & ~PROT_ALL or sharing not in (MAP_SHARED, MAP_PRIVATE):
        return -errno.EINVAL
    if not flags & MAP_ANONYMOUS:
        return -errno.ENODEV
    if flags & ~(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_IGNORED):
        return -errno.EINVAL
    if length > USER_END:
        return -errno.ENOMEM
    size = whole_pages(length)
    start = _choose_range(kernel, process, hint, size, bool(flags & MAP_FIXED))
    if start < 0:
        return start
    target = 0
    if sharing == MAP_SHARED:
        frame = kernel.spaces.in_want(lambda: int(entries.new_frame(kernel.world, kernel.hart.number)))
        if frame == NONE:
            return -errno.ENOMEM
        target = frame * PAGE_BYTES
    if not _add(kernel, process, start, start + size, prot, target != 0, RegionKind.ANONYMOUS, target):
        if target:
            entries.drop_frame(kernel.world, kernel.hart.number, target // PAGE_BYTES)
        return -errno.ENOMEM
    return start


def _choose_range(kernel: Kernel, process: Process, hint: int, size: int, fixed: bool) -> int:
    """Return where a mapping goes: at `hint` if it is free or must be, else as high as possible; or -errno."""
    fits = hint % PAGE_BYTES == 0 and hint >= MMAP_LOWEST and hint + size <= USER_END
    if fixed:
        if not fits:
            return -errno.EINVAL
        if not kernel.spaces.unmap(process.space, hint, hint + size):
            return -errno.ENOMEM
        return hint
    if fits and entries.is_free(kernel.world, process.space, hint, hint + size):
        return hint
    gap = kernel.spaces.in_want(lambda: int(entries.find_gap(kernel.world, process.space, size, MMAP_TOP)))
    return gap or -errno.ENOMEM


def _add(
    kernel: Kernel, process: Process, start: int, end: int, prot: int, shared: bool | int, kind: RegionKind, target: int
) -> bool:
    region = (start, end, _pte_rights(prot), int(shared), kind.value, target)
    return bool(kernel.spaces.in_want(lambda: int(entries.add_region(kernel.world, process.space, *region))))


def _pte_rights(prot: int) -> int:
    """Return PROT_READ, PROT_WRITE, PROT_EXEC as R, W, X of a PTE; a page that may be written may be read."""
    rights = prot << 1
    return rights | 2 if prot & 2 else rights


def _munmap(kernel: Kernel, process: Process, address: int, length: int) -> int:
    if address % PAGE_BYTES or length <= 0 or address < 0 or address + length > USER_END:
        return -errno.EINVAL
    end = address + whole_pages(length)
    return 0 if kernel.spaces.unmap(process.space, address, end, postpone=True) else -errno.ENOMEM


def _mprotect(kernel: Kernel, process: Process, address: int, length: int, prot: int) -> int:
    if address % PAGE_BYTES or length < 0 or prot & ~PROT_ALL:
        return -errno.EINVAL
    if length == 0:
        return 0
    end = address + whole_pages(min(length, USER_END))
    if end > USER_END or not entries.is_mapped(kernel.world, process.space, address, end):
        return -errno.ENOMEM
    return 0 if kernel.spaces.protect(process.space, address, end, _pte_rights(prot)) else -errno.ENOMEM


def _madvise(kernel: Kernel, process: Process, address: int, length: int, advice: int) -> int:
    if address % PAGE_BYTES or length < 0 or address < 0 or address + length > USER_END:
        return -errno.EINVAL
    if advice != MADV_DONTNEED:
        return 0 if 0 <= advice <= MADV_LAST else -errno.EINVAL
    end = address + whole_pages(length)
    if length and not entries.is_mapped(kernel.world, process.space, address, end):
        return -errno.ENOMEM
    if length:
        kernel.spaces.discard(process.space, address, end, FlushCause.DISCARD)
    return 0


CALLS: dict[int, Call] = {
    214: Call("brk", "w", _brk, "moves the end of the heap, page by page; the end as it was when that cannot be"),
    215: Call("munmap", "ww", _munmap, "unmaps pages, cutting regions where need be"),
    222: Call("mmap", "wwwwiw", _mmap, "maps anonymous memory, private or shared, `MAP_FIXED` or not; no files"),
    226: Call("mprotect", "www", _mprotect, "changes what whole pages grant, cutting and joining regions"),
    233: Call("madvise", "wwi", _madvise, "`MADV_DONTNEED` drops pages; other advice is ignored"),
}
