"""Pages of user memory that the kernel holds on to: one reference more to each frame, until it is given back (F61)."""

from emulator.base.bits import frame_of
from emulator.base.world import World
from emulator.hardware.memory import read_bytes
from emulator.kernel.doors import entries
from emulator.kernel.service.served import ServedHart


class Pins:
    """All that are held in a machine."""

    def __init__(self, world: World, hart: ServedHart) -> None:
        self.world, self.hart = world, hart
        self.held: list[Pin] = []

    def hold(self, va: int, place: int, size: int) -> "Pin":
        """Hold the `size` bytes at `va`, which lie at `place` of memory, all in one frame."""
        return Pin(self, va, place, size)


class Pin:
    """Some bytes of a page. The page of zeros, which is always there, counts no references."""

    def __init__(self, pins: Pins, va: int, place: int, size: int) -> None:
        self._pins, self._va, self._place = pins, va, place
        self.size = size
        self.frame = frame_of(place)
        if self.frame != int(pins.world.allocator.zero_frame):
            entries.pin_frame(pins.world, pins.hart.number, self.frame, va)
            pins.held.append(self)

    def read(self) -> bytes:
        """Return the bytes, as they are now."""
        return read_bytes(self._pins.world.memory, self._place, self.size)

    def skip(self, size: int) -> None:
        """Leave out the first `size` of them."""
        self._place += size
        self.size -= size

    def again(self, size: int) -> "Pin":
        """Hold the first `size` of them once more."""
        return Pin(self._pins, self._va, self._place, size)

    def give_back(self) -> None:
        """Refer to the frame no more."""
        if self in self._pins.held:
            self._pins.held.remove(self)
            entries.unpin_frame(self._pins.world, self._pins.hart.number, self.frame, self._va)
