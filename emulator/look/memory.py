"""The bytes of a process's memory, found as its page table says, whatever a TLB holds."""

from collections.abc import Iterator

from emulator.base.bits import PAGE_BYTES, offset_of, page_of
from emulator.base.errors import ConfigError
from emulator.base.world import World
from emulator.config.numbers import as_whole
from emulator.hardware.memory import read_bytes
from emulator.kernel.doors import entries
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process

MOST_ADDRESS = (1 << 64) - 1
MOST_BYTES = 1 << 40


def read_memory(world: World, kernel: Kernel, pid: int, va: int, size: int) -> bytes:
    """Return `size` bytes of a process's memory. Raises ConfigError for a process or pages that there are not."""
    return b"".join(
        read_bytes(world.memory, place, length) for place, length in places_of(world, kernel, pid, va, size)
    )


def places_of(world: World, kernel: Kernel, pid: int, va: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (place in memory, length) of the pieces, a page each, of `size` bytes at `va`. Raises as `read_memory`."""
    process = process_of(kernel, pid)
    va, size = as_whole(va, "va", 0, MOST_ADDRESS), as_whole(size, "size", 0, MOST_BYTES)
    root = int(world.space[process.space]["root"])
    while size > 0:
        place = int(entries.find_place(world, root, va)) if va < 1 << 63 else 0
        if not place:
            raise ConfigError(f"va: process {pid} has no page at {page_of(va):#x}")
        length = min(size, PAGE_BYTES - offset_of(va))
        yield place, length
        va, size = va + length, size - length


def process_of(kernel: Kernel, pid: int) -> Process:
    """Return the process `pid`. Raises ConfigError where none of that number lives."""
    process = kernel.lives.processes.get(pid)
    if process is None or not process.alive:
        living = (str(each.pid) for each in kernel.lives.processes.values() if each.alive)
        raise ConfigError(f"pid: there is no process {pid}; those that live: {', '.join(living) or 'none'}")
    return process
