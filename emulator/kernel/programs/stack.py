"""The stack that a program finds at its entry, laid out as Linux does (System V psABI; `fs/binfmt_elf.c` of Linux).

high   program name, environment strings, argument strings, 16 random bytes
       auxiliary vector: pairs, ended by AT_NULL
       environment pointers, ended by 0
       argument pointers, ended by 0
sp ->  argument count                                                       (sp is a multiple of 16)
"""

import os
import struct
from collections.abc import Sequence
from pathlib import PurePath

from emulator.base.bits import PAGE_BYTES, A, D, R, U, V, W
from emulator.base.kernel_names import Backing, RegionKind
from emulator.base.world import World
from emulator.hardware.memory import whole_pages
from emulator.kernel.doors import address_spaces, entries
from emulator.kernel.doors.writing import put_bytes
from emulator.kernel.memory.frames import NONE
from emulator.kernel.programs.image import OutOfFrames
from emulator.kernel.programs.layout import STACK_BYTES, STACK_FLOOR, STACK_TOP
from isa import Program

ARGUMENT_BYTES = STACK_BYTES // 4  # Linux: a quarter of the stack limit

AT_NULL, AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY = 0, 3, 4, 5, 6, 7, 8, 9
AT_UID, AT_EUID, AT_GID, AT_EGID, AT_HWCAP, AT_CLKTCK, AT_SECURE, AT_RANDOM, AT_EXECFN = (
    11,
    12,
    13,
    14,
    16,
    17,
    23,
    25,
    31,
)
PROGRAM_HEADER_BYTES = 56
HWCAP = sum(1 << ord(letter) - ord("a") for letter in "ima")  # Linux on RISC-V: a bit for each extension of one letter
TICKS = 100  # in a second, as times(2) counts them


def lay_out(program: Program, argv: Sequence[bytes], envp: Sequence[bytes], random: bytes) -> tuple[int, bytes]:
    """Return the initial stack pointer and the bytes from there to `STACK_TOP`.

    AT_EXECFN is the file's name without its folders: where a program is kept on the host moves nothing in the stack.
    """
    strings = [*argv, *envp, os.fsencode(PurePath(program.name).name)]
    blob = random + b"".join(text + b"\0" for text in strings)
    base = (STACK_TOP - len(blob)) & ~15
    address = base + len(random)
    pointers = []
    for text in strings:
        pointers.append(address)
        address += len(text) + 1
    vector = [
        (AT_HWCAP, HWCAP),
        (AT_PAGESZ, PAGE_BYTES),
        (AT_CLKTCK, TICKS),
        (AT_PHDR, program.headers.address),
        (AT_PHENT, PROGRAM_HEADER_BYTES),
        (AT_PHNUM, program.headers.number),
        (AT_BASE, 0),
        (AT_FLAGS, 0),
        (AT_ENTRY, program.entry),
        (AT_UID, 0),
        (AT_EUID, 0),
        (AT_GID, 0),
        (AT_EGID, 0),
        (AT_SECURE, 0),
        (AT_RANDOM, base),
        (AT_EXECFN, pointers[-1]),
        (AT_NULL, 0),
    ]
    words = [len(argv), *pointers[: len(argv)], 0, *pointers[len(argv) : -1], 0]
    words += [word for pair in vector for word in pair]
    start = (base - 8 * len(words)) & ~15
    head = struct.pack(f"<{len(words)}q", *words).ljust(base - start, b"\0")
    return start, (head + blob).ljust(STACK_TOP - start, b"\0")


def build(world: World, hart: int, space: int, start: int, content: bytes) -> None:
    """Map the stack region of `space` and the pages that hold `content`, which ends at the top. Raises OutOfFrames."""
    kind, backing = RegionKind.STACK.value, Backing.ZEROS.value
    if not address_spaces.add_region(world, space, STACK_FLOOR, STACK_TOP, R | W, kind, backing, 0):
        raise OutOfFrames
    size = whole_pages(STACK_TOP - start)
    padded = content.rjust(size, b"\0")
    for offset in range(0, size, PAGE_BYTES):
        frame = entries.map_new_page(world, hart, space, STACK_TOP - size + offset, V | U | A | D | R | W)
        if frame == NONE:
            raise OutOfFrames
        put_bytes(world, hart, int(frame) * PAGE_BYTES, padded[offset : offset + PAGE_BYTES])
