"""The stack that a thread has its handlers run on, where they ask for it (Linux, sigaltstack(2))."""

import errno
import struct
from typing import NamedTuple

SS_ONSTACK, SS_DISABLE, SS_AUTODISARM = 1, 2, 1 << 31
SMALLEST = 2048  # MINSIGSTKSZ
STACK = struct.Struct("<QI4xQ")  # stack_t: where, flags, size


class AltStack(NamedTuple):
    """Where it is; of no size, there is none."""

    start: int = 0
    size: int = 0
    flags: int = SS_DISABLE

    def holds(self, sp: int) -> bool:
        """Return whether a thread whose stack pointer is `sp` runs on it; never, where each handler takes it away."""
        return not self.flags & SS_AUTODISARM and self.start < sp <= self.start + self.size

    def packed(self, sp: int) -> bytes:
        """Return what sigaltstack(2) tells a thread whose stack pointer is `sp`."""
        mode = SS_DISABLE if not self.size else SS_ONSTACK if self.holds(sp) else 0
        return STACK.pack(self.start, mode | self.flags & SS_AUTODISARM, self.size)

    @property
    def kept(self) -> bytes:
        """What a frame keeps of it, for the return from the handler."""
        return STACK.pack(self.start, self.flags, self.size)

    def changed(self, wanted: bytes, sp: int) -> "AltStack | int":
        """Return the one that a thread asks for, or the error that Linux gives."""
        start, flags, size = STACK.unpack(wanted)
        mode = flags & ~SS_AUTODISARM
        if self.holds(sp):
            return errno.EPERM
        if mode not in (0, SS_ONSTACK, SS_DISABLE):
            return errno.EINVAL
        if mode == SS_DISABLE:
            return AltStack(flags=flags)
        return AltStack(start, size, flags) if size >= SMALLEST else errno.ENOMEM


NO_STACK = AltStack()
