"""Sections of one source and the addresses they get.

    0x10000  .text*                 r-x
    page     .rodata*               r--
    page     .data* then .bss*      rw-, the zeros of .bss only in `memory_size`

Sections of the same permissions follow each other in order of appearance; each kind starts a page.
"""

from __future__ import annotations

from collections.abc import Mapping

from isa.errors import Mistake
from isa.fragments import Fragment, Tail
from isa.segment import ADDRESS_LIMIT, PAGE_SIZE, Segment
from isa.syntax import Value

TEXT_ADDRESS = 0x10000
_GAP = 1 << 16  # bytes between sections that are not written out: what comes after them is aligned, and starts a page
MAX_FILE_BYTES = 1 << 28  # more than 256 MiB written out is a slip, or zeros that belong in .bss


class Section:
    """A section while it grows. Its bytes are in `data`, without what fragments' tails put between them.

    `address` is None until `place` knows it, `size` the bytes that are certain so far.
    """

    def __init__(self, name: str, flags: str, zeros: bool) -> None:
        self.name = name
        self.allocated = "a" in flags  # False: notes and comments, assembled and dropped
        self.writable = "w" in flags
        self.executable = "x" in flags
        self.zeros = zeros  # no bytes in the file: .bss
        self.thread_local = "T" in flags
        self.alignment = 1
        self.address: int | None = None
        self.size = 0
        self.astray: int | None = 0  # bytes that its end lies behind a multiple of 4; None if that is not known
        self.data = bytearray()
        self.fragments = [Fragment(self, 0, 0, 0)]

    @property
    def permissions(self) -> tuple[bool, bool]:
        return self.executable, self.writable

    @property
    def has_bytes(self) -> bool:
        """Is it written out? So are thread-local zeros, which stand before other data."""
        return not self.zeros or self.thread_local

    @property
    def here(self) -> Value:
        """The place at its end."""
        fragment = self.fragments[-1]
        return Value(fragment.fixed, fragment)

    def align(self, alignment: int) -> None:
        """Remember that the section must start at a multiple of `alignment`."""
        self.alignment = max(self.alignment, alignment)

    def put(self, content: bytes) -> None:
        """Add bytes; raises `Mistake` if the section has no room for them."""
        self._grow(len(content))
        if self.zeros:
            if content.count(0) != len(content):
                raise Mistake(f"section '{self.name}' holds no bytes, only zeros ('.space')", 0)
        else:
            self.data += content
        self.fragments[-1].fixed += len(content)

    def end_fragment(self, tail: Tail, size: int | None = None) -> None:
        """Add what may yet change its length, unless its `size` is certain; raises `Mistake` if there is no room."""
        last = self.fragments[-1]
        self._grow(size or 0)
        last.tail = tail
        if size is None:
            run, place = last.run + 1, 0
        else:
            run, place = last.run, last.place + last.fixed + size
        self.fragments.append(Fragment(self, len(self.data), run, place))

    def _grow(self, size: int) -> None:
        self.check(self.size + size)
        self.size += size

    def check(self, size: int) -> None:
        """Raise `Mistake` if the section cannot be of this size."""
        if self.has_bytes and size > MAX_FILE_BYTES:
            raise Mistake(f"section '{self.name}' grows beyond {MAX_FILE_BYTES >> 20} MiB; put large zeros in .bss", 0)
        if size > ADDRESS_LIMIT:
            raise Mistake(f"section '{self.name}' grows beyond any address space", 0)


# The first part of a section's name decides, as in the linker's default script.
_KNOWN: dict[str, str] = {
    "text": "ax",
    "init": "ax",
    "fini": "ax",
    "rodata": "a",
    "srodata": "a",
    "eh_frame": "a",
    "data": "aw",
    "sdata": "aw",
    "bss": "aw",
    "sbss": "aw",
    "tdata": "awT",
    "tbss": "awT",
    "note": "",
    "comment": "",
    "debug": "",
    "riscv": "",
}
_WITHOUT_BYTES = ("bss", "sbss", "tbss")

# Order in the address space: (executable, writable).
_ORDER = ((True, False), (True, True), (False, False), (False, True))


def new_section(name: str, flags: str | None, zeros: bool) -> Section | None:
    """The section `name`, by its `flags` (`a` allocated, `w` writable, `x` executable) or by its name; else None."""
    stem = name.removeprefix(".").partition(".")[0]
    known = _KNOWN.get(stem, _KNOWN.get(stem.partition("_")[0]))
    if flags is None:
        flags = known
    zeros = zeros or stem in _WITHOUT_BYTES
    return None if flags is None else Section(name, flags, zeros)


def round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def _rank(section: Section) -> int:
    """Where a section stands among those of its permissions: thread-local data first, the zeros last."""
    if section.thread_local:
        return 1 if section.zeros else 0
    return 3 if section.zeros else 2


def _groups(sections: list[Section]) -> list[list[Section]]:
    """The sections that go to memory, by permissions in address order; in each, the zeros last."""
    allocated = [section for section in sections if section.allocated]
    groups = [[section for section in allocated if section.permissions == kind] for kind in _ORDER]
    return [sorted(group, key=_rank) for group in groups if any(section.size for section in group)]


def place(sections: list[Section]) -> None:
    """Give every section its address, empty ones too, since labels may stand in them."""
    address = TEXT_ADDRESS
    for group in _groups(sections):
        address = round_up(address, PAGE_SIZE)
        for section in group:
            section.address = round_up(address, section.alignment)
            if section.size:
                address = section.address + section.size
    for section in sections:
        if section.address is None:
            section.address = round_up(address, max(section.alignment, PAGE_SIZE))


def _runs(group: list[Section]) -> list[list[Section]]:
    """The sections of a group that have bytes or zeros, parted where an alignment leaves a wide gap."""
    runs: list[list[Section]] = []
    end = -_GAP
    for section in group:
        if section.size:
            if _address(section) - end >= _GAP:
                runs.append([])
            runs[-1].append(section)
            end = _address(section) + section.size
    return runs


def make_segments(sections: list[Section], images: Mapping[str, bytes | bytearray]) -> tuple[Segment, ...]:
    """One segment per kind of permissions, or more where there are wide gaps; `images` are sections' bytes by name."""
    segments = []
    for run in [run for group in _groups(sections) for run in _runs(group)]:
        start = _address(run[0])
        data = bytearray()
        for section in run:
            # Zeros in front of bytes (thread-local ones) are written out.
            if images.get(section.name):
                data += bytes(_address(section) - start - len(data)) + images[section.name]
        memory_size = _address(run[-1]) + run[-1].size - start
        executable, writable = run[0].permissions
        segments.append(Segment(start, bytes(data), memory_size, True, writable, executable, run[0].name))
    return tuple(segments)


def file_bytes(sections: list[Section]) -> int:
    """How many bytes the sections have in a file."""
    return sum(section.size for section in sections if section.allocated and section.has_bytes)


def _address(section: Section) -> int:
    assert section.address is not None, "place() runs first"
    return section.address
