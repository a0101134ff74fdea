"""Copying between kernel and user memory, through the fault road: a copy-out breaks sharing as a store does (F66)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emulator.base.bits import LINE_BYTES, PAGE_BYTES, address_of, offset_of
from emulator.base.names import Access, Trap
from emulator.base.world import World
from emulator.hardware.memory import read_bytes
from emulator.kernel.doors import address_spaces, entries
from emulator.kernel.doors.drive import MAKE_OWN, RESOLVE, drive
from emulator.kernel.doors.writing import put_bytes
from emulator.kernel.memory.page_table import leaf_frame
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.pins import Pin, Pins
from emulator.kernel.service.served import ServedHart
from emulator.kernel.steps.events import MARGIN
from emulator.world.log import EVENT_CAPACITY
from emulator.world.task import NO_SPACE

Pieces = list[tuple[int, int]]  # (address, size) of user memory, in order

POINTER_BYTES = 8
STRING_BYTES = 32 * PAGE_BYTES  # Linux, MAX_ARG_STRLEN


class BadAddress(Exception):
    """User memory that the process may not access so: EFAULT."""


class TooLong(Exception):
    """A string or a list of strings that goes on beyond what the kernel takes: ENAMETOOLONG or E2BIG."""


class UserMemory:
    """The user memory of the process that the served `hart` runs; `make_room` empties the event buffers."""

    def __init__(self, world: World, hart: ServedHart, make_room: Callable[[], None]) -> None:
        self._world = world
        self._hart = hart
        self._make_room = make_room
        self.pins = Pins(world, hart)

    @contextmanager
    def of(self, space: int) -> Iterator[None]:
        """Reach the user memory of `space` meanwhile."""
        here = int(self._world.task[self._hart.number].space)
        if here != space:
            address_spaces.enter_space(self._world, self._hart.number, space)
        yield
        if here not in (space, NO_SPACE):
            address_spaces.enter_space(self._world, self._hart.number, here)

    def read(self, address: int, size: int) -> bytes:
        """Return `size` bytes. Raises BadAddress."""
        found = bytearray()
        for va, length in _pieces(address, size, LINE_BYTES):
            found += read_bytes(self._world.memory, self._reach(va, length, Access.LOAD), length)
        return bytes(found)

    def write(self, address: int, data: bytes) -> None:
        """Write `data`: all of it, or nothing and BadAddress; every page is made writable before a byte changes."""
        for va, _ in _pieces(address, len(data), PAGE_BYTES):
            self._reach(va, 1, Access.STORE)
        done = 0
        for va, length in _pieces(address, len(data), LINE_BYTES):
            place = self._reach(va, length, Access.STORE)
            put_bytes(self._world, self._hart.number, place, data[done : done + length])
            done += length

    def read_most(self, address: int, size: int) -> bytes:
        """Return up to `size` bytes: those before the first that may not be read. Raises BadAddress where that is all.

        Raises BadAddress, too, for a range that leaves user memory, which Linux looks at first.
        """
        found = bytearray()
        for va, length in _pieces(address, size, LINE_BYTES):
            try:
                found += self.read(va, length)
            except BadAddress:
                if not found:
                    raise
                break
        return bytes(found)

    def write_most(self, address: int, data: bytes) -> int:
        """Write `data` up to the first byte that may not be written; return how much. Raises BadAddress for nothing."""
        done = 0
        for va, length in _pieces(address, len(data), PAGE_BYTES):
            try:
                self.write(va, data[done : done + length])
            except BadAddress:
                if not done:
                    raise
                break
            done += length
        return done

    def gather(self, pieces: Pieces) -> bytes:
        """Return what lies in `pieces` of memory, up to the first byte that may not be read."""
        data = b""
        for address, size in pieces:
            try:
                part = self.read_most(address, size)
            except BadAddress:
                break
            data += part
            if len(part) < size:
                break
        return data

    def scatter(self, pieces: Pieces, data: bytes) -> int:
        """Write `data` into `pieces` of memory, up to the first byte that may not be written; return how much."""
        done = 0
        for address, size in pieces:
            part = data[done : done + size]
            try:
                written = self.write_most(address, part)
            except BadAddress:
                break
            done += written
            if written < len(part):
                break
        return done

    def read_string(self, address: int, limit: int) -> bytes:
        """Return the bytes up to a zero byte. Raises BadAddress, or TooLong when none comes within `limit` bytes."""
        found = bytearray()
        while len(found) < limit:
            piece = self.read(address + len(found), LINE_BYTES - (address + len(found)) % LINE_BYTES)
            end = piece.find(b"\0")
            found += piece if end < 0 else piece[:end]
            if end >= 0 and len(found) < limit:
                return bytes(found)
        raise TooLong

    def read_strings(self, address: int, limit: int) -> list[bytes]:
        """Return the strings that the null-ended array of pointers at `address` names; none for a null `address`.

        Raises BadAddress, or TooLong when strings and pointers together take more than `limit` bytes.
        """
        found: list[bytes] = []
        while address:
            pointer = int.from_bytes(
                self.read(address + POINTER_BYTES * len(found), POINTER_BYTES), "little", signed=True
            )
            if pointer == 0:
                break
            found.append(self.read_string(pointer, STRING_BYTES))
            limit -= len(found[-1]) + 1 + POINTER_BYTES
            if limit < 0:
                raise TooLong
        return found

    def pin(self, address: int, size: int) -> Pin:
        """Return a hold on the `size` bytes at `address`, all on one page. Raises BadAddress."""
        return self.pins.hold(address, self._reach(address, size, Access.LOAD), size)

    def force(self, address: int, data: bytes) -> None:
        """Write `data` as a debugger does, where the process itself may not, too (F65). Raises BadAddress.

        Such a page is made the process's own and stays read-only.
        """
        done = 0
        for va, length in _pieces(address, len(data), PAGE_BYTES):
            part = data[done : done + length]
            try:
                self.write(va, part)
            except BadAddress:
                place = self._make_own(va)
                put_bytes(self._world, self._hart.number, place, part)
            done += length

    def _make_own(self, va: int) -> int:
        """Let nobody else have the page of `va`; return the place of that. Raises BadAddress."""
        self._hart.prepare(va, Access.STORE)
        if drive(self._world, MAKE_OWN, self._hart.number, 0) != Trap.NONE:
            raise BadAddress
        space, hart = int(self._world.task[self._hart.number].space), self._world.hart[self._hart.number]
        pte = int(entries.find_pte(self._world, self._world.space[space].root, va))
        return int(address_of(leaf_frame(hart, pte)) + offset_of(va))

    def _reach(self, va: int, size: int, access: Access) -> int:
        place = int(entries.reach_user(self._world, self._hart.number, va, size, access.value))
        while place == entries.REFUSED:
            self._resolve()
            place = int(entries.reach_user(self._world, self._hart.number, va, size, access.value))
        return place

    def _resolve(self) -> None:
        """Let the kernel deal with its own refused access as it would with the program's. Raises BadAddress."""
        log = self._world.log
        if log.events >= EVENT_CAPACITY - MARGIN:
            self._make_room()
        log.usercopy = 1
        trap = drive(self._world, RESOLVE, self._hart.number, 0)
        log.usercopy = 0
        if trap != Trap.NONE:
            raise BadAddress


def _pieces(address: int, size: int, unit: int) -> Iterator[tuple[int, int]]:
    """Yield (address, size) of the pieces of a range that no `unit` boundary cuts. Raises BadAddress."""
    if address < 0 or address + size > USER_END:
        raise BadAddress
    while size > 0:
        length = min(size, unit - address % unit)
        yield address, length
        address += length
        size -= length
