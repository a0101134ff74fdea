"""What a handler of a signal finds on its stack, and what it returns to: `struct rt_sigframe` of Linux on riscv64.

   0  siginfo_t, 128 bytes
 128  ucontext_t: flags, the next one (both 0)
 144              the alternate stack: where, flags, size
 168              the signals that were put off, and 120 bytes for more of them
 304              the program counter, x1 to x31
 560              528 bytes for floating-point registers; no hart here has any, and they are 0
1088
"""

import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.kernel.processes.altstack import STACK
from emulator.kernel.processes.siginfo import INFO_BYTES

FRAME_BYTES = 1088
CONTEXT = INFO_BYTES  # where the ucontext_t is, which the handler gets as its third argument
_STACK, _MASK, _REGISTERS, _FLOATS = CONTEXT + 16, CONTEXT + 40, CONTEXT + 176, CONTEXT + 432
_RESERVED = FRAME_BYTES - 12  # words that must be 0: they would name extensions
_WORDS = struct.Struct("<32q")


class Frame(NamedTuple):
    """What a thread goes on with after a handler."""

    pc: int
    registers: npt.NDArray[np.int64]  # shape (32,)
    blocked: int
    stack: bytes  # a stack_t

    def packed(self, info: bytes) -> bytes:
        """Return the bytes of the frame, `info` in front."""
        content = bytearray(FRAME_BYTES)
        content[: len(info)] = info
        content[_STACK : _STACK + STACK.size] = self.stack
        struct.pack_into("<Q", content, _MASK, self.blocked)
        _WORDS.pack_into(content, _REGISTERS, self.pc, *self.registers[1:].tolist())
        return bytes(content)


def unpacked(content: bytes) -> Frame | None:
    """Return what a frame says, whoever has written it; None where it names an extension, which there is none of."""
    if any(content[_RESERVED:]):
        return None
    pc, *registers = _WORDS.unpack_from(content, _REGISTERS)
    (blocked,) = struct.unpack_from("<Q", content, _MASK)
    stack = content[_STACK : _STACK + STACK.size]
    return Frame(pc, np.array([0, *registers], np.int64), blocked, stack)
