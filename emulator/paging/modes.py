"""The modes of paging that a machine can have (`--paging`): a row each, a format and how many levels of it.

A further format is a module like `riscv` (what it has to have: `format`) and a row here. Settings, their help, the
depth of walks and what compiled code asks follow.
"""

from types import ModuleType
from typing import NamedTuple

from emulator.paging import riscv


class Mode(NamedTuple):
    """One mode: the module that says what its PTEs mean, and how many tables lie between a root and a page."""

    format: ModuleType
    levels: int


MODES = {
    "sv39": Mode(riscv, 3),
    "sv48": Mode(riscv, 4),
    "sv57": Mode(riscv, 5),
}
