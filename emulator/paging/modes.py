"""The modes of paging that a machine can have (`--paging`): a row each, a format and how many levels of it.

A further format is a module like `riscv` (what it has to have: `format`) and a row here. Settings, their help, the
depth of walks and what compiled code asks follow.
"""

from types import ModuleType
from typing import NamedTuple

from emulator.paging import riscv, x86_64
from emulator.paging.architecture import RISCV, X86, Architecture


class Mode(NamedTuple):
    """One mode: what its PTEs mean, how many tables lie between a root and a page, whose it is."""

    format: ModuleType
    levels: int
    architecture: Architecture


MODES = {
    "sv39": Mode(riscv, 3, RISCV),
    "sv48": Mode(riscv, 4, RISCV),
    "sv57": Mode(riscv, 5, RISCV),
    "x86-64": Mode(x86_64, 4, X86),
    "x86-64-la57": Mode(x86_64, 5, X86),
}
