"""An MMU on its own: TLBs, walker, caches and memory, with no hart and no kernel around them. For tests and studies.

mmu          what users build: addresses in, translations out
modes        the mode it accesses in: privilege and switches
guests       with a host: its root table, and the guests that run
fences       the instructions by which it forgets
memory       its physical memory, tables in it
vectors      many accesses at once, in columns
"""

from emulator.mmu.memory import MOST_BASE
from emulator.mmu.mmu import Mmu
from emulator.mmu.translation import Translation

__all__ = ["MOST_BASE", "Mmu", "Translation"]
