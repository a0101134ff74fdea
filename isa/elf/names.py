"""What an ELF file's sections say of names: labels, constants, the sections themselves. A program runs without them.

A stripped file has none, and a damaged table none that can be read: both leave the names out.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from isa.elf.layout import SHF_ALLOC
from isa.expressions import signed

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile


class Names(NamedTuple):
    """Addresses by label, numbers by constant, and the first section at an address."""

    symbols: dict[str, int]
    constants: dict[str, int]
    sections: dict[int, str]


def read_names(content: bytes, base: int) -> Names:
    """Return the names in an ELF file that was loaded at `base`; compilers' and linkers' own marks are left out."""
    from elftools.elf.elffile import ELFFile

    names = Names({}, {}, {})
    try:
        elf = ELFFile(BytesIO(content))
        for section in elf.iter_sections():
            if section["sh_flags"] & SHF_ALLOC and section["sh_size"]:
                names.sections.setdefault(int(section["sh_addr"]) + base, str(section.name))
        _read_symbols(elf, base, names)
    except Exception:  # pyelftools believes what a file says; a damaged one raises whatever its reading trips over
        pass
    return names


def _read_symbols(elf: ELFFile, base: int, names: Names) -> None:
    from elftools.elf.sections import SymbolTableSection

    for table in elf.iter_sections():
        if not isinstance(table, SymbolTableSection):
            continue
        for symbol in table.iter_symbols():
            kind = symbol["st_info"]["type"]
            if not symbol.name or symbol.name[0] == "$" or kind in ("STT_FILE", "STT_SECTION", "STT_TLS"):
                continue
            if symbol["st_shndx"] == "SHN_ABS":
                names.constants[symbol.name] = signed(int(symbol["st_value"]))
            elif symbol["st_shndx"] != "SHN_UNDEF":
                names.symbols[symbol.name] = int(symbol["st_value"]) + base
