"""What all instructions mean, by `Op`, in its order."""

from emulator.hardware.meaning import atomic, branch, integer, memory, multiply, system, teaching
from emulator.hardware.meaning.kinds import KNOWN
from isa.instructions import Op

__all__ = ["MEANINGS", "atomic", "branch", "integer", "memory", "multiply", "system", "teaching"]

MEANINGS = {op: KNOWN[op] for op in Op}
