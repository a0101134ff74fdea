"""The toy ISA: text -> instructions -> `Program`, knowing no hardware.

A strict subset of RV64IMA plus three teaching instructions; see `instructions` for the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isa.errors import AssemblyError, ElfError, EncodingError, IsaError, ProgramError
from isa.load import load
from isa.program import Program
from isa.segment import Segment

if TYPE_CHECKING:
    from isa.assembler import assemble
    from isa.disassembler import disassemble

__all__ = [
    "AssemblyError",
    "ElfError",
    "EncodingError",
    "IsaError",
    "Program",
    "ProgramError",
    "Segment",
    "assemble",
    "disassemble",
]

Program.load = load


def __getattr__(name: str) -> Any:
    """Load the assembler and disassembler on first use: most importers want only the table or `Program`."""
    if name == "assemble":
        from isa.assembler import assemble

        return assemble
    if name == "disassemble":
        from isa.disassembler import disassemble

        return disassemble
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
