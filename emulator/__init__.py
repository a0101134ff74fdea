"""pagewalk: a cycle-approximate emulator of MMUs and TLBs, and of a kernel that copies on write.

from emulator import Machine, Mmu, Config, load_profile
"""

from emulator.config import Config, load_profile
from emulator.machine import Machine
from emulator.mmu import Mmu, Translation
from emulator.result import Result

__all__ = ["Config", "Machine", "Mmu", "Result", "Translation", "load_profile"]
