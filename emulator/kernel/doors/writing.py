"""Writing memory from Python."""

from emulator.base.world import World
from emulator.hardware.memory import write_bytes
from emulator.kernel.doors import entries
from emulator.world.checker import OFF


def put_bytes(world: World, hart: int, place: int, data: bytes) -> None:
    """Write `data` into one page at `place`, as the kernel does on hart number `hart`; the checker sees it."""
    write_bytes(world.memory, place, data)
    if world.checker.on != OFF:
        entries.note_bytes(world, hart, place, len(data))
