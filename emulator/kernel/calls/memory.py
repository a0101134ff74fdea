"""System calls on memory: mapping, unmapping, protecting, the heap; `advice` has madvise and what else is of pages.

An address is what its register holds, read as unsigned where Linux compares it: beyond user memory is beyond it.
"""

import errno

from emulator.base.bits import HUGE_BYTES, PAGE_BYTES
from emulator.base.kernel_names import Backing, Huge, RegionKind, Trait
from emulator.hardware.memory import whole_pages
from emulator.kernel.calls.files import open_file
from emulator.kernel.doors import address_spaces, entries, files, huge_pages
from emulator.kernel.io.opened import OpenedFile
from emulator.kernel.io.openfile import FileError
from emulator.kernel.kernel import Kernel
from emulator.kernel.memory.frames import NONE
from emulator.kernel.memory.regions import GUARD, LOWEST
from emulator.kernel.processes.process import Process
from emulator.kernel.programs.layout import MMAP_TOP, USER_END
from emulator.kernel.service.call import Call

MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE, MAP_TYPE = 0x01, 0x02, 0x03, 0x0F
MAP_FIXED, MAP_ANONYMOUS, MAP_GROWSDOWN, MAP_LOCKED = 0x10, 0x20, 0x100, 0x2000
MAP_LEGACY = 0x7F933  # the flags that MAP_SHARED_VALIDATE lets a file have (LEGACY_MAP_MASK)
MAP_POPULATE, MAP_NONBLOCK, MAP_HUGETLB, MAP_FIXED_NOREPLACE = 0x8000, 0x10000, 0x40000, 0x100000
MAP_HUGE_SHIFT, MAP_HUGE_MASK = 26, 0x3F  # the logarithm of the page's size stands there, 0 for the usual one
GIGANTIC = 30
MOST_OFFSET = (1 << 63) - PAGE_BYTES  # where a mapping of a file may end in it: Linux, file_mmap_size_max
PROT_READ, PROT_WRITE, PROT_EXEC, PROT_SEM = 1, 2, 4, 8
PROT_GROWSDOWN, PROT_GROWSUP = 0x01000000, 0x02000000
PROT_ALL = PROT_READ | PROT_WRITE | PROT_EXEC
WORDS = 1 << 64


def _brk(kernel: Kernel, process: Process, address: int) -> int:
    start, now = kernel.spaces.heap(process.space)
    address %= WORDS
    if not start <= address <= USER_END:
        return now
    old, new = whole_pages(now), whole_pages(address)
    if new > old:
        if address_spaces.is_held(kernel.world, process.space, old, new + PAGE_BYTES):
            kernel.spaces.catch_up(process.space)
        if not address_spaces.is_free(kernel.world, process.space, old, new + PAGE_BYTES):
            return now  # Linux: it may not touch a mapping, either
        if not _add(kernel, process, old, new, PROT_READ | PROT_WRITE, RegionKind.HEAP, Backing.ZEROS, 0):
            return now
        if kernel.spaces.new_traits(process.space) & Trait.LOCKED:
            kernel.spaces.populate(process.space, old, new)
    elif new < old and not kernel.spaces.unmap(process.space, new, old):
        return now
    kernel.spaces.set_heap(process.space, address)
    return address


def _mmap(
    kernel: Kernel, process: Process, hint: int, length: int, prot: int, flags: int, descriptor: int, offset: int
) -> int:
    wrong = _refusal(kernel, process, length % WORDS, flags, descriptor, offset)
    if wrong:
        return -wrong
    huge = flags & MAP_HUGETLB
    size = -(-length // HUGE_BYTES) * HUGE_BYTES if huge else whole_pages(length)
    start = choose_range(kernel, process, hint % WORDS, size, flags)
    if start < 0:
        return start
    if not flags & MAP_ANONYMOUS:
        wrong = _file_refusal(kernel, descriptor, offset % WORDS + size, prot, flags)
        if wrong or not _hold(kernel, descriptor):
            return -wrong or -errno.ENOMEM
    sharing = MAP_SHARED if flags & MAP_TYPE == MAP_SHARED_VALIDATE and not flags & MAP_ANONYMOUS else flags & MAP_TYPE
    if sharing not in (MAP_SHARED, MAP_PRIVATE) or (sharing == MAP_SHARED and flags & MAP_GROWSDOWN):
        return -errno.EINVAL
    if huge and not huge_pages.has_huge(kernel.world, size // HUGE_BYTES):
        return -errno.ENOMEM
    if flags & MAP_FIXED:
        if cuts_hugetlb(kernel, process, start, start + size):
            return -errno.EINVAL
        if not kernel.spaces.replace(process.space, start, start + size):
            return -errno.ENOMEM
    if not flags & MAP_ANONYMOUS:
        return _map_file(kernel, process, (start, start + size), prot, flags, descriptor, offset)
    backing, target = Backing.ZEROS, 0
    if sharing == MAP_SHARED:
        frame = kernel.spaces.new_frame()
        if frame == NONE:
            return -errno.ENOMEM
        kernel.world.frame[frame].cached = size // PAGE_BYTES  # however far it is mapped later
        backing, target = Backing.OBJECT, frame * PAGE_BYTES
    end = start + size
    if not _add(kernel, process, start, end, prot, RegionKind.ANONYMOUS, backing, target):
        if target:
            entries.drop_frame(kernel.world, kernel.hart.number, target // PAGE_BYTES)
        return -errno.ENOMEM
    traits = (Trait.GROWS if flags & MAP_GROWSDOWN else 0) | (Trait.LOCKED if flags & MAP_LOCKED else 0)
    if huge:
        traits = Trait.HUGETLB
    if traits:
        kernel.spaces.change_traits(process.space, start, end, put=traits)
    locked = (traits | kernel.spaces.new_traits(process.space)) & Trait.LOCKED
    if locked or flags & (MAP_POPULATE | MAP_NONBLOCK) == MAP_POPULATE:
        kernel.spaces.populate(process.space, start, end)  # Linux: what cannot be is not told
    return start


def _refusal(kernel: Kernel, process: Process, length: int, flags: int, descriptor: int, offset: int) -> int:
    """Return the error of a mapping that cannot be, wherever it would lie; 0 for none: Linux, mm/mmap.c."""
    if offset % PAGE_BYTES:
        return errno.EINVAL
    if not flags & MAP_ANONYMOUS:
        if not kernel.running.descriptors.get(descriptor):
            return errno.EBADF
        if flags & MAP_HUGETLB:
            return errno.EINVAL
    if length == 0:
        return errno.EINVAL
    if flags & MAP_HUGETLB:
        shift = flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK
        if shift == GIGANTIC:
            return errno.ENOMEM  # a size that processors have, of which none is set aside
        if (shift and 1 << shift != HUGE_BYTES) or offset % HUGE_BYTES:
            return errno.EINVAL
    if length > USER_END:
        return errno.ENOMEM
    return errno.EOVERFLOW if offset % WORDS + whole_pages(length) > WORDS else 0


def _file_refusal(kernel: Kernel, descriptor: int, end: int, prot: int, flags: int) -> int:
    """Return the error of a mapping of a file that is open, 0 for none, in Linux's order: mm/mmap.c, do_mmap."""
    file, sharing = open_file(kernel, descriptor), flags & MAP_TYPE
    assert file is not None, "somebody has looked whether it is open"
    if end > MOST_OFFSET:
        return errno.EOVERFLOW
    if sharing == MAP_SHARED_VALIDATE and flags & ~MAP_LEGACY:
        return errno.EOPNOTSUPP
    if sharing in (MAP_SHARED, MAP_SHARED_VALIDATE) and prot & PROT_WRITE and not file.writable:
        return errno.EACCES
    if sharing not in (MAP_SHARED, MAP_SHARED_VALIDATE, MAP_PRIVATE):
        return errno.EINVAL
    if not file.readable:
        return errno.EACCES
    if not isinstance(file, OpenedFile):
        return errno.ENODEV
    return errno.EINVAL if flags & MAP_GROWSDOWN else 0


def _hold(kernel: Kernel, descriptor: int) -> bool:
    """See to it that the file is in the page cache; return whether there was memory for that."""
    opened = open_file(kernel, descriptor)
    assert isinstance(opened, OpenedFile), "somebody has looked what it is"
    try:
        opened.file.hold()
    except FileError:
        return False
    return True


def _map_file(
    kernel: Kernel, process: Process, place: tuple[int, int], prot: int, flags: int, descriptor: int, offset: int
) -> int:
    """Map a file that is open, and held, at `place`, which is free."""
    opened = open_file(kernel, descriptor)
    assert isinstance(opened, OpenedFile), "somebody has looked what it is"
    file, shared = opened.file, flags & MAP_TYPE != MAP_PRIVATE
    file.changed |= shared and opened.writable
    region = (*place, _rights(prot), int(shared), file.root, offset)
    with kernel.spaces.changing(process.space, *place):
        if not kernel.spaces.in_want(lambda: int(files.map_file(kernel.world, process.space, *region))):
            return -errno.ENOMEM
    traits = (Trait.READ_ONLY if shared and not opened.writable else 0) | (Trait.LOCKED if flags & MAP_LOCKED else 0)
    if traits:
        kernel.spaces.change_traits(process.space, *place, put=traits)
    locked = (traits | kernel.spaces.new_traits(process.space)) & Trait.LOCKED
    if locked or flags & (MAP_POPULATE | MAP_NONBLOCK) == MAP_POPULATE:
        kernel.spaces.populate(process.space, *place)  # Linux: what cannot be is not told
    return place[0]


def choose_range(kernel: Kernel, process: Process, hint: int, size: int, flags: int) -> int:
    """Return where a mapping goes: at `hint` if it is free or must be, else as high as possible; or -errno."""
    if flags & (MAP_FIXED | MAP_FIXED_NOREPLACE):
        if hint > WORDS - PAGE_BYTES:
            return hint - WORDS  # Linux takes such an address for the error that it looks like
        if hint + size > USER_END:
            return -errno.ENOMEM
        if hint % (HUGE_BYTES if flags & MAP_HUGETLB else PAGE_BYTES):
            return -errno.EINVAL
        if hint < LOWEST:
            return -errno.EPERM
        if flags & MAP_FIXED_NOREPLACE and not _is_free(kernel, process, hint, size, 0):
            return -errno.EEXIST
        return hint
    guard = GUARD if flags & MAP_GROWSDOWN else 0
    if flags & MAP_HUGETLB:
        hint = -(-hint // HUGE_BYTES) * HUGE_BYTES
    hint -= hint % PAGE_BYTES
    hint = max(hint, LOWEST) if hint else 0
    if hint and hint + size <= USER_END and _is_free(kernel, process, hint, size, guard):
        return hint
    slack = 0
    if flags & MAP_HUGETLB or (kernel.world.policy.huge != Huge.NEVER and size % HUGE_BYTES == 0):
        slack = HUGE_BYTES - PAGE_BYTES  # Linux, mm/huge_memory.c: thp_get_unmapped_area, for whole huge pages
    wanted = size + guard + slack
    gap = kernel.spaces.in_want(lambda: int(address_spaces.find_gap(kernel.world, process.space, wanted, MMAP_TOP)))
    if gap == 0:
        return -errno.ENOMEM
    return (gap + guard + slack) & -HUGE_BYTES if slack else gap + guard


def _is_free(kernel: Kernel, process: Process, start: int, size: int, guard: int) -> bool:
    return bool(address_spaces.is_free(kernel.world, process.space, start - guard, start + size))


def _add(
    kernel: Kernel, process: Process, start: int, end: int, prot: int, kind: RegionKind, backing: Backing, target: int
) -> bool:
    region = (start, end, _rights(prot), kind.value, backing.value, target)
    with kernel.spaces.changing(process.space, start, end):
        return bool(kernel.spaces.in_want(lambda: int(address_spaces.add_region(kernel.world, process.space, *region))))


def _rights(prot: int) -> int:
    """Return PROT_READ, PROT_WRITE, PROT_EXEC as R, W, X; a page that may be written may be read."""
    rights = (prot & PROT_ALL) << 1
    return rights | 2 if prot & PROT_WRITE else rights


def cuts_hugetlb(kernel: Kernel, process: Process, start: int, end: int) -> bool:
    """Return whether `start` or `end` would cut a region of MAP_HUGETLB within a page: Linux, hugetlb_vm_op_split."""
    pieces = kernel.spaces.pieces(process.space, start, end)
    return any(piece.traits & Trait.HUGETLB and (piece.start | piece.end) % HUGE_BYTES for piece in pieces)


def _munmap(kernel: Kernel, process: Process, address: int, length: int) -> int:
    address, length = address % WORDS, length % WORDS
    if address % PAGE_BYTES or length == 0 or address + length > USER_END:
        return -errno.EINVAL
    end = address + whole_pages(length)
    if cuts_hugetlb(kernel, process, address, end):
        return -errno.EINVAL
    return 0 if kernel.spaces.unmap(process.space, address, end, postpone=True) else -errno.ENOMEM


def _mprotect(kernel: Kernel, process: Process, address: int, length: int, prot: int) -> int:
    """Change what lies before the first hole, as Linux does, which goes region by region (F70)."""
    address, size = address % WORDS, whole_pages(length % WORDS)
    growing = prot & (PROT_GROWSDOWN | PROT_GROWSUP)
    if growing == PROT_GROWSDOWN | PROT_GROWSUP or address % PAGE_BYTES:
        return -errno.EINVAL
    if size == 0:
        return 0
    if address + size >= WORDS:
        return -errno.ENOMEM
    if prot % WORDS & ~(PROT_ALL | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP):
        return -errno.EINVAL
    end = address + size
    pieces = kernel.spaces.pieces(process.space, address, min(end, USER_END))
    if growing == PROT_GROWSUP and pieces:
        return -errno.EINVAL  # no region grows up
    if growing == PROT_GROWSDOWN and pieces:
        if not pieces[0].traits & Trait.GROWS:
            return -errno.EINVAL
        address = pieces[0].region_start
    reached, wrong = address, errno.ENOMEM
    for piece in pieces:
        if piece.start > reached:
            break
        if piece.traits & Trait.HUGETLB and (piece.start | piece.end) % HUGE_BYTES:
            wrong = errno.EINVAL
            break
        if piece.traits & Trait.READ_ONLY and prot & PROT_WRITE:
            wrong = errno.EACCES
            break
        reached = piece.end
    if reached > address and not kernel.spaces.protect(process.space, address, reached, _rights(prot)):
        return -errno.ENOMEM
    return 0 if reached == end else -wrong


CALLS = (
    Call("brk", "w", _brk, "moves the end of the heap, page by page; the end as it was when that cannot be"),
    Call("munmap", "ww", _munmap, "unmaps pages, cutting regions where need be"),
    Call(
        "mmap",
        "wwwwiw",
        _mmap,
        "maps memory or a file, private or shared, with `MAP_FIXED`, `_FIXED_NOREPLACE`, `_POPULATE`, `_NONBLOCK`, "
        "`_LOCKED`, `_GROWSDOWN`, `_HUGETLB` of 2 MiB where so many are free, which reserves none; Linux's errors",
    ),
    Call("mprotect", "www", _mprotect, "changes what pages grant, as far as regions go without a hole (F70)"),
)
