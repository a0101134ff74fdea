"""Writing an ELF executable, which looks so:

0x000  ELF header
0x040  program headers, one per segment
page   the data of each segment, at a file offset congruent to its address; zeros up to the next page
end    symbol table, its strings, section names, section headers
"""

from isa.elf.layout import (
    ABSOLUTE,
    EXECUTABLE,
    HEADER,
    LOAD,
    MACHINE_RISCV,
    MAGIC,
    NOBITS,
    PF_R,
    PF_W,
    PF_X,
    PROGBITS,
    PROGRAM_HEADER,
    SECTION_HEADER,
    SHF_ALLOC,
    SHF_EXEC,
    SHF_WRITE,
    STRTAB,
    SYMBOL,
    SYMTAB,
)
from isa.program import Program
from isa.segment import PAGE_SIZE


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
    out = bytearray(HEADER.size + PROGRAM_HEADER.size * len(program.segments))
    names, sections, headers = _Strings(), [SECTION_HEADER.pack(*[0] * 10)], []
    bounds: list[tuple[int, int]] = []  # the addresses of sections 1, 2, ...

    def section(name: int, kind: int, flags: int, address: int, offset: int, size: int, *rest: int) -> None:
        link, info, alignment, entry = rest or (0, 0, 4, 0)
        row = (name, kind, flags, address, offset, size, link, info, alignment, entry)
        sections.append(SECTION_HEADER.pack(*row))

    for segment in program.segments:
        out += b"\0" * (-len(out) % PAGE_SIZE)
        offset, size = len(out), len(segment.data)
        out += segment.data
        permissions = segment.readable * PF_R | segment.writable * PF_W | segment.executable * PF_X
        headers.append(
            PROGRAM_HEADER.pack(
                LOAD, permissions, offset, segment.address, segment.address, size, segment.memory_size, PAGE_SIZE
            )
        )
        flags = SHF_ALLOC | segment.writable * SHF_WRITE | segment.executable * SHF_EXEC
        if size:
            section(names.add(segment.name or ".load"), PROGBITS, flags, segment.address, offset, size)
            bounds.append((segment.address, segment.address + size))
        if segment.memory_size > size:
            section(names.add(".bss"), NOBITS, flags, segment.address + size, offset + size, segment.memory_size - size)
            bounds.append((segment.address + size, segment.end))

    out += b"\0" * (-len(out) % PAGE_SIZE)  # what is mapped of the last page is zeros, too
    strings = _Strings()
    table = bytearray(SYMBOL.size)
    for name, value in program.symbols.items():
        # A label at the very end of a section belongs to it, unless another section starts there.
        homes = [i for i, (start, end) in enumerate(bounds, 1) if start <= value <= end]
        table += SYMBOL.pack(strings.add(name), 1 << 4, 0, homes[-1] if homes else ABSOLUTE, value, 0)
    for name, value in program.constants.items():
        table += SYMBOL.pack(strings.add(name), 1 << 4, 0, ABSOLUTE, value & (1 << 64) - 1, 0)

    # The names are all in before the first size is taken: the last table holds its own.
    for place, kind, data, rest in (
        (names.add(".symtab"), SYMTAB, table, (len(sections) + 1, 1, 8, SYMBOL.size)),
        (names.add(".strtab"), STRTAB, strings.data, ()),
        (names.add(".shstrtab"), STRTAB, names.data, ()),
    ):
        out += b"\0" * (-len(out) % 8)
        section(place, kind, 0, 0, len(out), len(data), *rest)
        out += data
    out += b"\0" * (-len(out) % 8)
    ident = MAGIC + bytes([2, 1, 1]) + bytes(9)
    fields = (HEADER.size, len(out), 0, HEADER.size, PROGRAM_HEADER.size, len(headers), SECTION_HEADER.size)
    header = HEADER.pack(ident, EXECUTABLE, MACHINE_RISCV, 1, program.entry, *fields, len(sections), len(sections) - 1)
    out += b"".join(sections)
    out[: HEADER.size + PROGRAM_HEADER.size * len(headers)] = header + b"".join(headers)
    return bytes(out)
