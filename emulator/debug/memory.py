"""Memory as a program would find it: what no page holds yet reads as the zeros or shared bytes that it will."""

from emulator.base.bits import PAGE_BYTES, offset_of
from emulator.base.errors import ConfigError
from emulator.base.kernel_names import Backing
from emulator.look.memory import process_of
from emulator.look.spaces import regions_of
from emulator.machine import Control, Machine
from emulator.state import Region


def read_as_far(machine: Machine, pid: int, va: int, size: int) -> bytes:
    """Return what `size` bytes at `va` of a process hold, fewer where they end at an address that it cannot have.

    Nothing is touched. Raises ConfigError for a process that there is not.
    """
    control, process = Control(machine), process_of(machine.kernel, pid)
    parts = []
    while size > 0:
        length = min(size, PAGE_BYTES - offset_of(va))
        try:
            parts.append(control.read(pid, va, length))
        except ConfigError:
            if not any(will_be_zeros(region, va) for region in regions_of(machine.world, process.space)):
                break
            parts.append(bytes(length))
        va, size = va + length, size - length
    return b"".join(parts)


def will_be_zeros(region: Region, va: int) -> bool:
    """Return whether `va`, that no page is at, is in the region and reads as a zero."""
    return region.start <= va < region.end and region.backing is Backing.ZEROS and bool(region.rights)
