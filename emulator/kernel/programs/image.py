"""Programs in memory: segments mapped into an address space, read-only pages shared by all who run the program (F7).

Text and read-only data are kept in frames of the image, mapped by every process that runs it and given back when the
last one ends. Data is loaded into frames of the process's own, writable at once. Both are backed by the program's file,
of which storage has a copy once a page is dropped (F69). What lies beyond the file's bytes (.bss) is an anonymous
region: zero page on read, a frame of zeros on write.
"""

from dataclasses import dataclass, field

from emulator.base.bits import PAGE_BYTES, A, D, R, U, V, W, X
from emulator.base.kernel_names import Backing, RegionKind
from emulator.base.world import World
from emulator.hardware.memory import whole_pages, write_bytes
from emulator.kernel.doors import address_spaces, entries
from emulator.kernel.doors.writing import put_bytes
from emulator.kernel.memory.frames import NONE
from emulator.kernel.programs.layout import STACK_FLOOR, STACK_TOP, USER_END
from emulator.kernel.programs.storage import OutOfStorage, Storage
from isa import Program
from isa.segment import Segment

KERNEL_PAGE = -1  # in the place of the virtual address of a page: that of the kernel's own code


class OutOfFrames(Exception):
    """Physical memory does not suffice; what was taken so far is still held by the space."""


class Misplaced(Exception):
    """A segment of the program lies where none may."""


@dataclass(eq=False)
class Image:
    """A program that processes run: `number` is its place in `Result.images`."""

    program: Program
    number: int
    users: int = 0
    places: dict[int, int] = field(default_factory=dict)  # virtual address of each segment -> place of its storage
    kept: bool = False  # whether storage has the file's bytes

    def check(self) -> None:
        """Raise Misplaced where a segment covers the stack or leaves the addresses of programs."""
        for segment in self.program.segments:
            if segment.end > STACK_FLOOR:
                name = segment.name or "a segment"
                wrong = f"covers the stack ({STACK_FLOOR:#x}-{STACK_TOP:#x})"
                if segment.end > USER_END:
                    wrong = f"leaves the addresses of programs, which end at {USER_END:#x}"
                raise Misplaced(
                    f"{name} at {segment.address:#x}-{segment.end:#x} {wrong}; below {STACK_FLOOR:#x} is right"
                )

    def load(self, world: World, hart: int, space: int, storage: Storage) -> None:
        """Map the program's segments into the empty `space`. Raises OutOfFrames."""
        for segment in self.program.segments:
            if segment.address not in self.places:
                try:
                    self.places[segment.address] = storage.take(whole_pages(len(segment.data)))
                except OutOfStorage:
                    raise OutOfFrames from None
            self._map(world, hart, space, segment, self.places[segment.address])
        if world.swap.slots or any(segment.permissions == "---" for segment in self.program.segments):
            self.keep(world)

    def _map(self, world: World, hart: int, space: int, segment: Segment, stored: int) -> None:
        prot = (R if segment.readable else 0) | (W if segment.writable else 0) | (X if segment.executable else 0)
        bits = V | U | A | (prot | D if segment.writable else prot)
        file_end = whole_pages(segment.address + len(segment.data))
        end = whole_pages(segment.end)
        kind = _kind(segment)
        if file_end > segment.address:
            _add_region(world, space, segment.address, file_end, prot, kind, Backing.IMAGE, stored)
        if end > file_end:
            kind = RegionKind.BSS if segment.writable else kind
            _add_region(world, space, file_end, end, prot, kind, Backing.ZEROS, 0)
        # Pages that grant nothing are mapped once they grant something: a PTE without rights is a pointer (F12).
        for va in range(segment.address, file_end if prot else segment.address, PAGE_BYTES):
            offset = va - segment.address
            data = segment.data[offset : offset + PAGE_BYTES]
            if segment.writable:
                _fill(world, hart, int(entries.map_new_page(world, hart, space, va, bits)), data)
                continue
            page = (stored + offset) // PAGE_BYTES
            self._share(world, hart, page, data)
            if not entries.map_page(world, hart, space, va, int(world.frame["cached"][page]), bits):
                raise OutOfFrames

    def _share(self, world: World, hart: int, page: int, data: bytes) -> None:
        """Let there be a frame with `data` for all who read `page` of storage. Raises OutOfFrames."""
        if not world.frame["cached"][page]:
            frame = int(entries.new_frame(world, hart))
            _fill(world, hart, frame, data)
            world.frame["cached"][page] = frame

    def kernel_page(self, world: World, hart: int, data: bytes, storage: Storage) -> int:
        """Return the place of the one page of storage with `data`, the kernel's own code for this program's processes.

        The frame that they share has it, too. Raises OutOfFrames, or OutOfStorage.
        """
        if KERNEL_PAGE not in self.places:
            self.places[KERNEL_PAGE] = storage.take(PAGE_BYTES)
            write_bytes(world.memory, self.places[KERNEL_PAGE], data)
        self._share(world, hart, self.places[KERNEL_PAGE] // PAGE_BYTES, data)
        return self.places[KERNEL_PAGE]

    def keep(self, world: World) -> None:
        """Let storage have the file's bytes, before any page that holds them is dropped."""
        if not self.kept:
            self.kept = True
            for segment in self.program.segments:
                write_bytes(world.memory, self.places[segment.address], segment.data)

    def join(self) -> None:
        """Count one more process that runs it."""
        self.users += 1

    def leave(self, world: World, hart: int) -> None:
        """Count one process fewer; with the last one the image's frames are given back."""
        self.users -= 1
        if self.users <= 0:
            for page, frame in self.frames(world).items():
                world.frame["cached"][page] = NONE
                entries.drop_frame(world, hart, frame)

    def frames(self, world: World) -> dict[int, int]:
        """Return the frames that all who run the program share, by the page of storage that has their bytes."""
        found: dict[int, int] = {}
        sizes = {segment.address: whole_pages(len(segment.data)) for segment in self.program.segments}
        for address, place in self.places.items():
            first = place // PAGE_BYTES
            cached = world.frame["cached"][first : first + sizes.get(address, PAGE_BYTES) // PAGE_BYTES]
            found |= {first + page: int(cached[page]) for page in cached.nonzero()[0].tolist()}
        return found


def _kind(segment: Segment) -> RegionKind:
    if segment.executable:
        return RegionKind.TEXT
    return RegionKind.DATA if segment.writable else RegionKind.RODATA


def _fill(world: World, hart: int, frame: int, data: bytes) -> None:
    if frame == NONE:
        raise OutOfFrames
    put_bytes(world, hart, frame * PAGE_BYTES, data)


def _add_region(
    world: World, space: int, start: int, end: int, prot: int, kind: RegionKind, backing: Backing, place: int
) -> None:
    if not address_spaces.add_region(world, space, start, end, prot, kind.value, backing.value, place):
        raise OutOfFrames
