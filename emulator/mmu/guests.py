"""What an Mmu with a host has: the host's root table, and guests that it tells apart."""

from emulator.base.bits import ASID_LIMIT, PAGE_BYTES
from emulator.base.errors import ConfigError
from emulator.config.numbers import as_whole
from emulator.hardware import entries
from emulator.mmu.memory import MOST_BASE
from emulator.mmu.parts import Parts
from emulator.mmu.vectors import asid_bits
from emulator.paging.modes import roots_of


class Guests(Parts):
    """Guests of a host, one of which runs."""

    __slots__ = ()

    @property
    def host_root(self) -> int:
        """The physical address of the host's root table, or of the first of four, 16 KiB, in RISC-V's x4 modes.

        Raises ConfigError where there is no host, and for what is no multiple of the size.
        """
        self._hosted("host_root")
        return int(self._harts["host"]["root"][0]) + self._memory.start

    @host_root.setter
    def host_root(self, pa: int) -> None:
        host = self._hosted("host_root")
        pa, size = as_whole(pa, "host_root", 0, MOST_BASE), roots_of(host) * PAGE_BYTES
        if pa % size:
            raise ConfigError(f"host_root: {pa:#x} is not a multiple of {size}")
        self._harts["host"]["root"] = pa - self._memory.start

    @property
    def vmid(self) -> int:
        """The number of the guest that runs (VMID; VPID on x86). Raises ConfigError where there is no host."""
        self._hosted("vmid")
        return self._vmid

    @vmid.setter
    def vmid(self, vmid: int) -> None:
        self._hosted("vmid")
        self._enter_guest(vmid_of(vmid, "vmid"))

    def _enter_guest(self, vmid: int) -> None:
        while self._invalid:  # it may be carried out at any time before SFENCE.INVAL.IR, and is this guest's
            entries.fence_one(self._world, *self._invalid.pop(0))
        entries.enter_guest(self._world, asid_bits(self._vmid), asid_bits(vmid))  # both have the same place
        self._vmid = vmid
        self._guests.add(vmid)

    def _hosted(self, name: str) -> str:
        if self._host is None:
            raise ConfigError(f"{name}: there is no host; Mmu(host='sv39') has one")
        return self._host


def vmid_of(vmid: object, name: str) -> int:
    """Return a VMID, which has as many bits as an ASID. Raises ConfigError naming it where it is none."""
    return as_whole(vmid, name, 0, ASID_LIMIT - 1)
