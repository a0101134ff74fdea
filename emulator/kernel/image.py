"""Programs in memory: segments mapped into an address space, read-only pages shared by all who run the program (F7).

Text and read-only data are kept in frames of the image, mapped by every process that runs it and given back when the
last one ends. Data is loaded into frames of the process's own, writable at once. What lies beyond the file's bytes
(.bss) is an anonymous region: zero page on read, a frame of zeros on write.
"""

from dataclasses import dataclass, field

from emulator.base.bits import PAGE_BYTES, A, D, R, U, V, W, X
from emulator.base.names import RegionKind
from emulator.base.world import World
from emulator.hardware.memory import whole_pages, write_bytes
from emulator.kernel import entries
from emulator.kernel.frames import NONE
from isa import Program
from isa.segment import Segment


class OutOfFrames(Exception):
    """Physical memory does not suffice; what was taken so far is still held by the space."""


@dataclass(eq=False)
class Image:
    """A program that processes run: `number` is its place in `Result.images`."""

    program: Program
    number: int
    users: int = 0
    frames: dict[int, int] = field(default_factory=dict)  # virtual address of each read-only page -> frame

    def load(self, world: World, hart: int, space: int) -> None:
        """Map the program's segments into the empty `space`. Raises OutOfFrames."""
        for segment in self.program.segments:
            self._map(world, hart, space, segment)

    def _map(self, world: World, hart: int, space: int, segment: Segment) -> None:
        prot = (R if segment.readable else 0) | (W if segment.writable else 0) | (X if segment.executable else 0)
        bits = V | U | A | (prot | D if segment.writable else prot)
        file_end = whole_pages(segment.address + len(segment.data))
        end = whole_pages(segment.end)
        kind = _kind(segment)
        if file_end > segment.address:
            _add_region(world, space, segment.address, file_end, prot, kind)
        if end > file_end:
            _add_region(world, space, file_end, end, prot, RegionKind.BSS if segment.writable else kind)
        for va in range(segment.address, file_end, PAGE_BYTES):
            start = va - segment.address
            data = segment.data[start : start + PAGE_BYTES]
            if segment.writable:
                _fill(world, int(entries.map_new_page(world, hart, space, va, bits)), data)
                continue
            if va not in self.frames:
                frame = int(entries.new_frame(world, hart))
                _fill(world, frame, data)
                self.frames[va] = frame
            if not entries.map_page(world, hart, space, va, self.frames[va], bits):
                raise OutOfFrames

    def join(self) -> None:
        """Count one more process that runs it."""
        self.users += 1

    def leave(self, world: World, hart: int) -> None:
        """Count one process fewer; with the last one the image's frames are given back."""
        self.users -= 1
        if self.users <= 0:
            for frame in self.frames.values():
                entries.drop_frame(world, hart, frame)
            self.frames.clear()


def _kind(segment: Segment) -> RegionKind:
    if segment.executable:
        return RegionKind.TEXT
    return RegionKind.DATA if segment.writable else RegionKind.RODATA


def _fill(world: World, frame: int, data: bytes) -> None:
    if frame == NONE:
        raise OutOfFrames
    write_bytes(world.memory, frame * PAGE_BYTES, data)


def _add_region(world: World, space: int, start: int, end: int, prot: int, kind: RegionKind) -> None:
    if not entries.add_region(world, space, start, end, prot, 0, kind.value, 0):
        raise OutOfFrames
