"""Program headers to segments, page by page as Linux maps a file (`fs/binfmt_elf.c`, F91).

    file    | other bytes | the segment's bytes | other bytes |
    memory  | page .......|.....................|......... page | zeros up to the segment's end |

A segment is mapped in whole pages of the file, so what stands around it on its first and last page is there, too; where
.bss follows, the last page is cleared behind the file's bytes if it may be written. Of two segments on one page, the
later one has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from isa.elf.header import Fail, Header
from isa.elf.layout import INTERPRETER, LOAD, PF_R, PF_W, PF_X, PROGRAM_HEADER
from isa.segment import PAGE_SIZE, Segment

BASE = 0x2AAAAAA000  # where Linux loads what runs at any address: two thirds up user memory of Sv39

MOST_COPIES = 4  # how often segments may name the bytes of a file over again


class ProgramHeader(NamedTuple):
    """One program header, in the file's order."""

    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    size: int
    memory_size: int
    alignment: int


class Loaded(NamedTuple):
    """What a file becomes in memory: its segments, where they were moved to, where the program headers are (or 0).

    `own` are the start and end of each segment's own bytes, without what stands around them on their pages.
    """

    segments: tuple[Segment, ...]
    base: int
    headers: int
    own: tuple[tuple[int, int], ...]


def load_segments(content: bytes, header: Header, fail: Fail) -> Loaded:
    """Return what the program headers say is in memory."""
    rows = [ProgramHeader(*row) for row in _rows(content, header)]
    if any(row.kind == INTERPRETER for row in rows):
        fail("a dynamically linked executable; link it with -static or -static-pie")
    loads = {number: row for number, row in enumerate(rows) if row.kind == LOAD and row.memory_size}
    if not loads:
        fail("no segment to load")
    named = sum(row.size for row in loads.values())
    if named > MOST_COPIES * len(content):
        fail(f"its segments name {named} bytes of a file of {len(content)}")
    base = _base(loads.values()) if header.relocatable else 0
    placed: list[Segment] = []
    for number, row in loads.items():
        _check(number, row, len(content), fail)
        for segment in _mapped(row._replace(address=row.address + base), content):
            placed = [rest for other in placed for rest in _outside(other, segment)]
            placed.append(segment)
    own = tuple(sorted((row.address + base, row.address + base + row.size) for row in loads.values() if row.size))
    return Loaded(tuple(placed), base, _headers_at(loads.values(), header.offset, base), own)


def _rows(content: bytes, header: Header) -> Iterator[tuple[int, ...]]:
    end = header.offset + PROGRAM_HEADER.size * header.number
    return PROGRAM_HEADER.iter_unpack(content[header.offset : end])


def _base(loads: Iterable[ProgramHeader]) -> int:
    """Return the base of a program that runs anywhere, aligned as its segments ask; Linux passes over odd wishes."""
    alignments = [row.alignment for row in loads if row.alignment & (row.alignment - 1) == 0]
    return BASE // max(PAGE_SIZE, *alignments) * max(PAGE_SIZE, *alignments)


def _check(number: int, row: ProgramHeader, length: int, fail: Fail) -> None:
    if row.size > row.memory_size:
        fail(f"segment {number} has {row.size} bytes of data in {row.memory_size} of memory")
    if row.offset + row.size > length:
        fail(f"truncated: segment {number} ends at byte {row.offset + row.size} of {length}")
    if (row.address - row.offset) % PAGE_SIZE:
        where = f"address {row.address:#x} and file offset {row.offset:#x}"
        fail(f"segment {number} is misaligned: {where} differ modulo {PAGE_SIZE}")


def _mapped(row: ProgramHeader, content: bytes) -> Iterator[Segment]:
    """Yield the pages of one program header: those of the file, and those of zeros where they have other rights."""
    lead = row.address % PAGE_SIZE
    start, end = row.address - lead, row.address + row.memory_size
    readable, writable, executable = bool(row.flags & (PF_R | PF_W)), bool(row.flags & PF_W), bool(row.flags & PF_X)
    data = content[row.offset - lead : row.offset + row.size] if row.size else b""
    file_end = row.offset + row.size
    tail = content[file_end : file_end + -len(data) % PAGE_SIZE]
    if tail.strip(b"\0") and not (writable and row.memory_size > row.size):
        data += tail
    mapped = -(-len(data) // PAGE_SIZE) * PAGE_SIZE
    if writable or start + mapped >= end:
        yield Segment(start, data, max(end - start, len(data)), readable, writable, executable)
        return
    if data:
        yield Segment(start, data, mapped, readable, writable, executable)
    # Linux gives .bss the rights of data, whatever the segment says.
    yield Segment(start + mapped, b"", end - start - mapped, True, True, executable)


def _outside(segment: Segment, other: Segment) -> Iterator[Segment]:
    """Yield what is left of `segment` where `other` takes its pages."""
    start, end = other.address, -(-other.end // PAGE_SIZE) * PAGE_SIZE
    if segment.end <= start or end <= segment.address:
        yield segment
        return
    if segment.address < start:
        size = start - segment.address
        yield replace(segment, data=segment.data[:size], memory_size=size)
    if end < segment.end:
        size = end - segment.address
        yield replace(segment, address=end, data=segment.data[size:], memory_size=segment.memory_size - size)


def _headers_at(loads: Iterable[ProgramHeader], offset: int, base: int) -> int:
    """Return where the program headers are in memory: AT_PHDR; 0 where no page that is mapped holds them."""
    for row in loads:
        if row.offset // PAGE_SIZE * PAGE_SIZE <= offset < row.offset + row.size:  # on its first page at the earliest
            return row.address + base + offset - row.offset
    return 0
