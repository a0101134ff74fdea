"""pagewalk: a cycle-approximate emulator of MMUs and TLBs, and of a kernel that copies on write.

from emulator import Machine, Mmu, Config, load_profile
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.config import Config, load_profile
    from emulator.machine import Machine
    from emulator.mmu import Mmu, Translation
    from emulator.observe.notebook import Story
    from emulator.result import Result

__all__ = ["Config", "Machine", "Mmu", "Result", "Story", "Translation", "load_profile"]

_PLACES = {
    "Config": "emulator.config",
    "Machine": "emulator.machine",
    "Mmu": "emulator.mmu",
    "Result": "emulator.result",
    "Story": "emulator.observe.notebook",
    "Translation": "emulator.mmu",
    "load_profile": "emulator.config",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for on first use: the help and the assembler need no compiler, which loads for a second."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
