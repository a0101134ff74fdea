"""What is told of a signal: `siginfo_t`, 128 bytes as riscv64 Linux lays them out (`asm-generic/siginfo.h`).

0  signal | 4  0 | 8  code | 16  what belongs to the code: a sender and its value, a child, an address
"""

import struct
from typing import NamedTuple

INFO_BYTES, REST = 128, 16
SI_USER, SI_KERNEL, SI_QUEUE, SI_TKILL = 0, 0x80, -1, -6
SEGV_MAPERR, SEGV_ACCERR = 1, 2
BUS_ADRALN, BUS_ADRERR = 1, 2
ILL_ILLOPC, TRAP_BRKPT = 1, 1
CLD_EXITED, CLD_KILLED, CLD_STOPPED, CLD_CONTINUED = 1, 2, 5, 6

_HEAD = struct.Struct("<iii4x")
_SENDER = struct.Struct("<iI")
_CHILD = struct.Struct("<iIi4xqq")


class Info(NamedTuple):
    """A signal with what is told of it; `va` is the address whose access led to it, 0 for none."""

    signal: int
    code: int = SI_KERNEL
    rest: bytes = b""  # from byte 16 on
    va: int = 0

    @property
    def packed(self) -> bytes:
        """The bytes of it."""
        return (_HEAD.pack(self.signal, 0, self.code) + self.rest).ljust(INFO_BYTES, b"\0")


def from_sender(signal: int, pid: int, code: int = SI_USER) -> Info:
    """Return what is told of a signal that process `pid` has sent, by kill(2) or another call."""
    return Info(signal, code, _SENDER.pack(pid, 0))


def from_fault(signal: int, code: int, address: int, va: int) -> Info:
    """Return what is told of a signal that an instruction led to: `address` stands in it, `va` in events."""
    return Info(signal, code, struct.pack("<Q", address % (1 << 64)), va)


def from_child(signal: int, code: int, pid: int, status: int, ticks: tuple[int, int] = (0, 0)) -> Info:
    """Return what is told of child `pid`: its exit status, or the signal; `ticks` are its times, as times(2) counts."""
    return Info(signal, code, _CHILD.pack(pid, 0, status, *ticks))


def from_bytes(signal: int, packed: bytes) -> Info:
    """Return what a program has made up itself (rt_sigqueueinfo), under the number that it is sent as."""
    return Info(signal, _HEAD.unpack_from(packed)[2], packed[REST:])
