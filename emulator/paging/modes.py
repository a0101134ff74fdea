"""The modes of paging (`--paging`): a row each, a format and how many levels of it.

A further format is a module like `riscv` (what it has to have: `format`) and a row here. Settings, their help, the
depth of walks and what compiled code asks follow.
"""

from types import ModuleType
from typing import NamedTuple

from emulator.paging import arm64, riscv, sv32, x86_64
from emulator.paging.architecture import ARM64, RISCV, RISCV_32, X86, Architecture


class Mode(NamedTuple):
    """One mode: what its PTEs mean, how many tables lie between a root and a page, whose it is."""

    format: ModuleType
    levels: int
    architecture: Architecture
    register: int = 64  # bits of a register: programs need 64

    @property
    def depth(self) -> str:
        """How many levels it has, and whether it is for an `Mmu` alone."""
        return f"{self.levels} levels{'' if self.register == 64 else ', of 32-bit harts: for `Mmu` alone'}"


MODES = {
    "sv39": Mode(riscv, 3, RISCV),
    "sv48": Mode(riscv, 4, RISCV),
    "sv57": Mode(riscv, 5, RISCV),
    "sv32": Mode(sv32, 2, RISCV_32, 32),
    "x86-64": Mode(x86_64, 4, X86),
    "x86-64-la57": Mode(x86_64, 5, X86),
    "arm64": Mode(arm64, 4, ARM64),
}


X4 = "x4"  # ends the names of RISC-V's modes for hosts, whose root is four tables (F47)
HOSTS = {**MODES, **{f"{name}{X4}": mode for name, mode in MODES.items() if mode.architecture in (RISCV, RISCV_32)}}


def roots_of(host: str) -> int:
    """Return how many tables in a row the root of a mode of hosts is."""
    return 4 if host.endswith(X4) else 1


def running() -> list[str]:
    """Return the modes that programs run in: their registers have 64 bits."""
    return [name for name, mode in MODES.items() if mode.register == 64]
