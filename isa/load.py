"""Reading a program from a file, of either kind. What reads that kind is loaded when the first one comes."""

import os

from isa.file import ELF_MAGIC, read_file
from isa.program import Program
from isa.source import decode


def load(path: str | os.PathLike[str]) -> Program:
    """Read a program from `path`: an ELF executable (known by its magic) or an assembly source.

    Raises `ProgramError` (unreadable, or neither), `AssemblyError` or `ElfError`.
    """
    name = os.fsdecode(path)
    content = read_file(name)
    if content.startswith(ELF_MAGIC):
        from isa.elf import read_elf

        program = read_elf(content, name=name)
    else:
        from isa.assembler import assemble

        program = assemble(decode(content, name), name=name)
    object.__setattr__(program, "path", name)
    return program
