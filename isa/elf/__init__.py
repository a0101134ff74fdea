"""ELF64 executables for RISC-V: read what a linker made (`reader`), write what qemu and objdump take (`writer`).

Only static executables have a meaning here: one file, its `PT_LOAD` segments, an entry. See the ELF
specification (gABI 4.2), the RISC-V psABI, "ELF Object Files", and Linux, `fs/binfmt_elf.c`.
"""

from isa.elf.reader import read_elf
from isa.elf.writer import write_elf

__all__ = ["read_elf", "write_elf"]
