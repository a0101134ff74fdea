"""Sections of one source and the addresses they get.

    0x10000  .text*                 r-x
    page     .rodata*               r--
    page     .data* then .bss*      rw-, the zeros of .bss only in `memory_size`

Sections of the same permissions follow each other in order of appearance; each kind starts a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from isa.segment import PAGE_SIZE, Segment

TEXT_ADDRESS = 0x10000
MAX_FILE_BYTES = 1 << 28  # more than 256 MiB written out is a slip, or zeros that belong in .bss


@dataclass
class Section:
    """A section while it grows: `size` in bytes so far; `address` is None until `place` knows it."""

    name: str
    writable: bool = False
    executable: bool = False
    zeros: bool = False  # no bytes in the file: .bss
    allocated: bool = True  # False: notes and comments, assembled and dropped
    size: int = 0
    alignment: int = 1
    address: int | None = None
    data: bytearray = field(default_factory=bytearray)

    @property
    def permissions(self) -> tuple[bool, bool]:
        return self.executable, self.writable


# The first part of a section's name decides, as in the linker's default script.
_KNOWN: dict[str, str] = {
    "text": "ax",
    "init": "ax",
    "fini": "ax",
    "rodata": "a",
    "srodata": "a",
    "data": "aw",
    "sdata": "aw",
    "bss": "aw",
    "sbss": "aw",
    "note": "",
    "comment": "",
    "debug": "",
}

# Order in the address space: (executable, writable).
_ORDER = ((True, False), (True, True), (False, False), (False, True))


def new_section(name: str, flags: str | None, zeros: bool) -> Section | None:
    """The section `name`, by its `flags` (`a` allocated, `w` writable, `x` executable) or by its name; else None."""
    stem = name.removeprefix(".").partition(".")[0].partition("_")[0]
    if flags is None:
        flags = _KNOWN.get(stem)
        zeros = zeros or stem in ("bss", "sbss")
    return None if flags is None else Section(name, "w" in flags, "x" in flags, zeros, "a" in flags)


def round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def _groups(sections: list[Section]) -> list[list[Section]]:
    """The sections that go to memory, by permissions in address order; in each, the zeros last."""
    used = [section for section in sections if section.size and section.allocated]
    groups = [[section for section in used if section.permissions == kind] for kind in _ORDER]
    return [sorted(group, key=lambda section: section.zeros) for group in groups if group]


def place(sections: list[Section]) -> None:
    """Give every section its address; empty ones get a valid one too, since labels may stand in them."""
    address = TEXT_ADDRESS
    for group in _groups(sections):
        address = round_up(address, PAGE_SIZE)
        for section in group:
            address = section.address = round_up(address, section.alignment)
            address += section.size
    for section in sections:
        if section.address is None:
            section.address = round_up(address, max(section.alignment, PAGE_SIZE))


def make_segments(sections: list[Section]) -> tuple[Segment, ...]:
    """One segment per kind of permissions, from placed sections with their data complete."""
    segments = []
    for group in _groups(sections):
        start = _address(group[0])
        data = bytearray()
        for section in group:
            if not section.zeros:
                data += b"\0" * (_address(section) - start - len(data)) + section.data
        memory_size = _address(group[-1]) + group[-1].size - start
        executable, writable = group[0].permissions
        page = start // PAGE_SIZE * PAGE_SIZE
        assert page == start, "a group starts on a page, and alignments are powers of two"
        segments.append(Segment(start, bytes(data), memory_size, True, writable, executable, group[0].name))
    return tuple(segments)


def symbol_addresses(sections: list[Section], places: Mapping[str, tuple[int, int | None]]) -> dict[str, int]:
    """Final addresses of labels given as `(offset, section index)`."""
    return {name: _address(sections[index]) + offset for name, (offset, index) in places.items() if index is not None}


def _address(section: Section) -> int:
    assert section.address is not None, "place() runs first"
    return section.address
