"""Reading an ELF executable. Nothing but the program headers decides what is in memory."""

from dataclasses import replace
from typing import NoReturn

from isa.elf.header import read_header
from isa.elf.lines import LineTable
from isa.elf.names import read_names
from isa.elf.segments import load_segments
from isa.errors import ElfError, ProgramError
from isa.program import Program, ProgramHeaders


def read_elf(content: bytes, name: str = "<elf>") -> Program:
    """The program in an ELF file's bytes. Raises `ElfError` naming what is wrong with the file."""

    def fail(message: str) -> NoReturn:
        raise ElfError(f"{name}: {message}")

    header = read_header(content, fail)
    loaded = load_segments(content, header, fail)
    names = read_names(content, loaded.base)
    try:
        return Program(
            tuple(replace(segment, name=_name_of(segment.address, segment.end, names.sections))
                  for segment in loaded.segments),
            header.entry + loaded.base,
            names.symbols,
            names.constants,
            name=name,
            headers=ProgramHeaders(loaded.headers, header.number),
            own=loaded.own,
            line_table=LineTable(content, loaded.base),
        )  # fmt: skip
    except ProgramError as error:
        fail(error.message.removeprefix(f"{name}: "))


def _name_of(start: int, end: int, sections: dict[int, str]) -> str:
    """The first section in a segment."""
    inside = [address for address in sections if start <= address < end]
    return sections[min(inside)] if inside else ""
