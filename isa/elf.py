"""ELF64 executables for RISC-V: read what a linker made, write what qemu and objdump take.

Only static executables have a meaning here: one file, its `PT_LOAD` segments, an entry. See the ELF
specification (gABI 4.2) and the RISC-V psABI, "ELF Object Files". What is written looks so:

    0x000  ELF header
    0x040  program headers, one per segment
    page   the data of each segment, at a file offset congruent to its address
    end    symbol table, its strings, section names, section headers
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, NoReturn

from isa.errors import ElfError, ProgramError
from isa.expressions import signed
from isa.program import Program
from isa.segment import PAGE_SIZE, Segment

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")

_MACHINE_RISCV = 243
_EXECUTABLE = 2
_LOAD = 1
_PROGBITS, _SYMTAB, _STRTAB, _NOBITS = 1, 2, 3, 8
_WRITE, _ALLOC, _EXEC = 1, 2, 4
_ABSOLUTE = 0xFFF1

_MACHINES = {3: "32-bit x86", 8: "MIPS", 20: "PowerPC", 21: "64-bit PowerPC", 22: "S390", 40: "32-bit Arm",
             62: "x86-64", 183: "64-bit Arm", 258: "LoongArch"}  # fmt: skip
_TYPES = {
    0: "no file type at all",
    1: "a relocatable object; link it first",
    3: "a shared object or position-independent executable; link it with -static -no-pie",
    4: "a core dump",
}


def read_elf(content: bytes, name: str = "<elf>") -> Program:
    """The program in an ELF file's bytes. Raises `ElfError` naming what is wrong with the file."""

    def fail(message: str) -> NoReturn:
        raise ElfError(f"{name}: {message}")

    _check_header(content, fail)
    from elftools.elf.elffile import ELFFile

    try:
        elf = ELFFile(BytesIO(content))
        segments = _segments(elf, content, fail)
        symbols, constants = _symbols(elf)
        return Program(segments, int(elf.header["e_entry"]), symbols, constants, name=name)
    except ElfError:
        raise
    except ProgramError as error:
        fail(error.message.removeprefix(f"{name}: "))
    except Exception as error:
        # pyelftools believes what a file says; a damaged one raises whatever its reading trips over.
        raise ElfError(f"{name}: damaged ELF file ({type(error).__name__}: {error})") from error


def _check_header(content: bytes, fail: Callable[[str], NoReturn]) -> None:
    """Everything that can be told from the first 64 bytes, in the order a reader of the file meets it."""
    if not content.startswith(b"\x7fELF"):
        fail("not an ELF file: it does not start with 7f 45 4c 46")
    if len(content) < _HEADER.size:
        fail(f"truncated: {len(content)} bytes, but an ELF64 header has {_HEADER.size}")
    if content[4] != 2:
        fail("a 32-bit ELF file; this machine is RV64, build it with -mabi=lp64")
    if content[5] != 1:
        fail("a big-endian ELF file; RISC-V programs here are little-endian")
    fields = _HEADER.unpack_from(content)
    kind, machine = fields[1:3]
    program_headers, section_headers = fields[5:7]
    program_size, program_count, section_size, section_count = fields[9:13]
    if machine != _MACHINE_RISCV:
        fail(f"a program for {_MACHINES.get(machine, f'machine {machine}')}, not for RISC-V")
    if kind != _EXECUTABLE:
        fail(f"{_TYPES.get(kind, f'an ELF file of type {kind}')}, not a static executable")
    if program_count == 0:
        fail("no program headers, so nothing to load")
    if program_size != _PROGRAM_HEADER.size:
        fail(f"program headers of {program_size} bytes, not {_PROGRAM_HEADER.size}")
    end = max(program_headers + program_size * program_count, section_headers + section_size * section_count)
    if end > len(content):
        fail(f"truncated: {len(content)} bytes, but its headers reach to byte {end}")


def _segments(elf: ELFFile, content: bytes, fail: Callable[[str], NoReturn]) -> tuple[Segment, ...]:
    segments = []
    for index, header in enumerate(segment.header for segment in elf.iter_segments()):
        if header["p_type"] in ("PT_INTERP", "PT_DYNAMIC"):
            fail("a dynamically linked executable; link it with -static")
        if header["p_type"] != "PT_LOAD" or header["p_memsz"] == 0:
            continue
        address, offset, size = (int(header[key]) for key in ("p_vaddr", "p_offset", "p_filesz"))
        if offset + size > len(content):
            fail(f"truncated: segment {index} ends at byte {offset + size} of {len(content)}")
        if (address - offset) % PAGE_SIZE:
            where = f"address {address:#x} and file offset {offset:#x}"
            fail(f"segment {index} is misaligned: {where} differ modulo {PAGE_SIZE}")
        # A segment may start inside a page; what is before it on that page reads as zero here.
        lead = address % PAGE_SIZE
        flags = int(header["p_flags"])
        name = _name_of(elf, address)
        data = b"\0" * lead + content[offset : offset + size]
        segments.append(
            Segment(
                address - lead, data, lead + int(header["p_memsz"]),
                bool(flags & 4), bool(flags & 2), bool(flags & 1), name,
            )
        )  # fmt: skip
    if not segments:
        fail("no segment to load")
    return tuple(segments)


def _name_of(elf: ELFFile, address: int) -> str:
    """The first section at a segment's address."""
    for section in elf.iter_sections():
        if section["sh_addr"] == address and section["sh_flags"] & _ALLOC and section["sh_size"]:
            return str(section.name)
    return ""


def _symbols(elf: ELFFile) -> tuple[dict[str, int], dict[str, int]]:
    """Labels and constants; compilers' and linkers' own marks are left out."""
    from elftools.elf.sections import SymbolTableSection

    symbols: dict[str, int] = {}
    constants: dict[str, int] = {}
    for table in elf.iter_sections():
        if not isinstance(table, SymbolTableSection):
            continue
        for symbol in table.iter_symbols():
            kind = symbol["st_info"]["type"]
            if not symbol.name or symbol.name[0] == "$" or kind in ("STT_FILE", "STT_SECTION"):
                continue
            if symbol["st_shndx"] == "SHN_ABS":
                constants[symbol.name] = signed(int(symbol["st_value"]))
            elif symbol["st_shndx"] != "SHN_UNDEF":
                symbols[symbol.name] = int(symbol["st_value"])
    return symbols, constants


class _Strings:
    """An ELF string table: names one after the other, each found by where it starts."""

    def __init__(self) -> None:
        self.data = bytearray(b"\0")

    def add(self, name: str) -> int:
        offset = len(self.data)
        self.data += name.encode() + b"\0"
        return offset


def write_elf(program: Program) -> bytes:
    """`program` as a static ELF64 executable that qemu-riscv64 runs and objdump shows."""
    out = bytearray(_HEADER.size + _PROGRAM_HEADER.size * len(program.segments))
    names, sections, headers = _Strings(), [_SECTION_HEADER.pack(*[0] * 10)], []
    bounds: list[tuple[int, int]] = []  # the addresses of sections 1, 2, ...

    def section(name: int, kind: int, flags: int, address: int, offset: int, size: int, *rest: int) -> None:
        link, info, alignment, entry = rest or (0, 0, 4, 0)
        row = (name, kind, flags, address, offset, size, link, info, alignment, entry)
        sections.append(_SECTION_HEADER.pack(*row))

    for segment in program.segments:
        out += b"\0" * (-len(out) % PAGE_SIZE)
        offset, size = len(out), len(segment.data)
        out += segment.data
        permissions = segment.readable * 4 | segment.writable * 2 | segment.executable * 1
        headers.append(
            _PROGRAM_HEADER.pack(
                _LOAD, permissions, offset, segment.address, segment.address, size, segment.memory_size, PAGE_SIZE
            )
        )
        flags = _ALLOC | segment.writable * _WRITE | segment.executable * _EXEC
        if size:
            section(names.add(segment.name or ".load"), _PROGBITS, flags, segment.address, offset, size)
            bounds.append((segment.address, segment.address + size))
        if segment.memory_size > size:
            section(
                names.add(".bss"), _NOBITS, flags, segment.address + size, offset + size, segment.memory_size - size
            )
            bounds.append((segment.address + size, segment.end))

    strings = _Strings()
    table = bytearray(_SYMBOL.size)
    for name, value in program.symbols.items():
        # A label at the very end of a section belongs to it, unless another section starts there.
        homes = [i for i, (start, end) in enumerate(bounds, 1) if start <= value <= end]
        table += _SYMBOL.pack(strings.add(name), 1 << 4, 0, homes[-1] if homes else _ABSOLUTE, value, 0)
    for name, value in program.constants.items():
        table += _SYMBOL.pack(strings.add(name), 1 << 4, 0, _ABSOLUTE, value & (1 << 64) - 1, 0)

    # The names are all in before the first size is taken: the last table holds its own.
    for place, kind, data, rest in (
        (names.add(".symtab"), _SYMTAB, table, (len(sections) + 1, 1, 8, _SYMBOL.size)),
        (names.add(".strtab"), _STRTAB, strings.data, ()),
        (names.add(".shstrtab"), _STRTAB, names.data, ()),
    ):
        out += b"\0" * (-len(out) % 8)
        section(place, kind, 0, 0, len(out), len(data), *rest)
        out += data
    out += b"\0" * (-len(out) % 8)
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    fields = (_HEADER.size, len(out), 0, _HEADER.size, _PROGRAM_HEADER.size, len(headers), _SECTION_HEADER.size)
    header = _HEADER.pack(
        ident, _EXECUTABLE, _MACHINE_RISCV, 1, program.entry, *fields, len(sections), len(sections) - 1
    )
    out += b"".join(sections)
    out[: _HEADER.size + _PROGRAM_HEADER.size * len(headers)] = header + b"".join(headers)
    return bytes(out)
