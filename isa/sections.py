"""Sections of one source and the addresses they get.

    0x10000  .text*                 r-x
    page     .rodata*               r--
    page     .data* then .bss*      rw-, the zeros of .bss only in `memory_size`

Sections of the same permissions follow each other in order of appearance; each kind starts a page.
"""

from __future__ import annotations

from collections.abc import Mapping

from isa.section import Section
from isa.segment import PAGE_SIZE, Segment

TEXT_ADDRESS = 0x10000
_GAP = 1 << 16  # bytes between sections that are not written out: what comes after them is aligned, and starts a page


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
