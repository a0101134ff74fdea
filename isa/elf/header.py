"""The ELF header: what a file is, and whether this machine can run it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from isa.elf.layout import (
    EF_FLOAT_ABI,
    EF_RVC,
    EF_RVE,
    EXECUTABLE,
    HEADER,
    MACHINE_RISCV,
    MAGIC,
    PROGRAM_HEADER,
    SHARED,
)

Fail = Callable[[str], NoReturn]

TABLE_BYTES = 1 << 16  # Linux takes no larger table of program headers
REBUILD = "build it, and the libraries in it, with -march=rv64ima -mabi=lp64"

_MACHINES = {3: "32-bit x86", 8: "MIPS", 20: "PowerPC", 21: "64-bit PowerPC", 22: "S390", 40: "32-bit Arm",
             62: "x86-64", 183: "64-bit Arm", 258: "LoongArch"}  # fmt: skip
_TYPES = {0: "no file type at all", 1: "a relocatable object; link it first", 4: "a core dump"}
_FLOAT_ABIS = {2: "single-precision", 4: "double-precision", 6: "quad-precision"}


@dataclass(frozen=True)
class Header:
    """What the header says that loading needs."""

    relocatable: bool  # the program runs at any address: a position-independent executable
    entry: int
    offset: int  # of the program headers in the file
    number: int


def read_header(content: bytes, fail: Fail) -> Header:
    """Return the header, after all that can be told from the first 64 bytes, in the order a reader meets it.

    What it says of sections is not looked at: they play no part in running a program.
    """
    if not content.startswith(MAGIC):
        fail("not an ELF file: it does not start with 7f 45 4c 46")
    if len(content) < HEADER.size:
        fail(f"truncated: {len(content)} bytes, but an ELF64 header has {HEADER.size}")
    if content[4] != 2:
        fail(f"a 32-bit ELF file; this machine is RV64, {REBUILD}")
    if content[5] != 1:
        fail("a big-endian ELF file; RISC-V programs here are little-endian")
    _, kind, machine, _, entry, offset, _, flags, _, size, count, *_ = HEADER.unpack_from(content)
    if machine != MACHINE_RISCV:
        fail(f"a program for {_MACHINES.get(machine, f'machine {machine}')}, not for RISC-V")
    if kind not in (EXECUTABLE, SHARED):
        fail(f"{_TYPES.get(kind, f'an ELF file of type {kind}')}, not a static executable")
    _check_flags(flags, fail)
    if kind == SHARED and entry == 0:
        fail("a shared object, with no entry to begin at; link a program with -static or -static-pie")
    if count == 0:
        fail("no program headers, so nothing to load")
    if size != PROGRAM_HEADER.size:
        fail(f"program headers of {size} bytes, not {PROGRAM_HEADER.size}")
    if size * count > TABLE_BYTES:
        fail(f"{count} program headers; {TABLE_BYTES // size} or fewer are right, as in Linux")
    if offset + size * count > len(content):
        fail(f"truncated: {len(content)} bytes, but its program headers reach to byte {offset + size * count}")
    return Header(kind == SHARED, entry, offset, count)


def _check_flags(flags: int, fail: Fail) -> None:
    """Refuse what the compiler was told to use and this machine has not: the program would end in a signal."""
    if flags & EF_RVE:
        fail(f"made for RV64E, with 16 registers and an ABI of its own; {REBUILD}")
    if flags & EF_FLOAT_ABI:
        fail(f"made for {_FLOAT_ABIS[flags & EF_FLOAT_ABI]} floating point, which this machine has not; {REBUILD}")
    if flags & EF_RVC:
        fail(f"may have compressed (16-bit) instructions, which this machine has not; {REBUILD}")
