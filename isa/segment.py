"""Segments: runs of pages with the same permissions.

Each starts on a page boundary and shares no page with another one, so every page has one set of permissions; bytes from
`len(data)` up to `memory_size` read as zero and cost nothing here (`.bss`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from isa.errors import ProgramError

PAGE_SIZE = 4096
ADDRESS_LIMIT = 1 << 63  # user addresses beyond Sv57's lower half exist nowhere; the kernel checks its own limit


@dataclass(frozen=True)
class Segment:
    """One run of pages with the same permissions; `memory_size` in bytes is at least `len(data)`."""

    address: int
    data: bytes
    memory_size: int
    readable: bool = True
    writable: bool = False
    executable: bool = False
    name: str = ""

    @property
    def end(self) -> int:
        """The first address after the segment's bytes (not rounded to a page)."""
        return self.address + self.memory_size

    @property
    def permissions(self) -> str:
        """`r-x`, `rw-` and the like."""
        flags = zip("rwx", (self.readable, self.writable, self.executable), strict=True)
        return "".join(letter if on else "-" for letter, on in flags)

    def __str__(self) -> str:
        return f"{self.name or 'segment'} {self.permissions} {self.address:#x}..{self.end:#x}"


def check_segments(segments: Iterable[Segment]) -> None:
    """Raise `ProgramError` unless the segments, in address order, are page-aligned and share no page."""
    previous: Segment | None = None
    for segment in segments:
        if segment.address % PAGE_SIZE:
            raise ProgramError(f"{segment}: does not start on a {PAGE_SIZE}-byte page")
        if segment.memory_size < len(segment.data):
            raise ProgramError(f"{segment}: {len(segment.data)} bytes of data in {segment.memory_size} of memory")
        if segment.address < 0 or segment.end > ADDRESS_LIMIT:
            raise ProgramError(f"{segment}: beyond the address space")
        if previous is not None and segment.address // PAGE_SIZE <= (previous.end - 1) // PAGE_SIZE:
            raise ProgramError(f"{segment} overlaps a page of {previous}")
        previous = segment
