"""Whose guest's entries are in TLBs: those of the guest that runs, and those of others, which are *asleep*.

An entry of a guest carries the number of its virtual machine, the VMID (RISC-V, arm64; VPID on x86), beside its ASID:
two guests that have given the same ASID to two processes find nothing of each other's (F46). To compare VMIDs at each
look-up would take time from harts that run no guest. So it is done when a hart goes from one guest to another: entries
of the one that it leaves fall asleep, and those of the one that it enters wake.

    word, asleep    63      52 51                                      0
                    |  VMID   |1 | as it was, but for V and NEGATIVE    |

Asleep an entry keeps its place in its set, and may have to give way as any other. Nothing else knows it: with neither
V nor NEGATIVE no look-up finds it, and no fence of another guest's drops it. Ghosts sleep likewise, without GHOST.
"""

from emulator.base.bits import GHOST, NEGATIVE, A, V, at, is_asleep, make_asleep, make_awake
from emulator.base.jit import hot, rare
from emulator.hardware.translation.tlb import HELD
from emulator.world.hart import NO_LINE


@rare
def enter_guest(hart, left, entered):
    """Leave the guest `left` for another one, `entered`: what TLBs hold of the one falls asleep, of the other wakes.

    Both are VMIDs, shifted into place.
    """
    if left != entered:
        exchange_guests(hart.itlb, left, entered)
        exchange_guests(hart.itlb_2m, left, entered)
        exchange_guests(hart.itlb_1g, left, entered)
        exchange_guests(hart.dtlb, left, entered)
        exchange_guests(hart.dtlb_2m, left, entered)
        exchange_guests(hart.dtlb_1g, left, entered)
        exchange_guests(hart.stlb, left, entered)
        exchange_guests(hart.stlb_2m, left, entered)
        exchange_guests(hart.stlb_1g, left, entered)
        hart.fetch_line = NO_LINE


@hot
def exchange_guests(tlb, left, entered):
    """Let the entries and ghosts of a TLB that are the guest's `left` fall asleep, and those of `entered` wake."""
    for entry in range(tlb.sets * tlb.ways):
        word, ghost = tlb.word[at(entry)], tlb.ghost[at(entry)]
        if word & HELD != 0:
            tlb.word[at(entry)] = make_asleep(word & ~HELD, left)
        elif is_asleep(word, entered):
            # whatever was valid was accessed: an entry without A says that a PTE was not valid (F23, F34)
            tlb.word[at(entry)] = make_awake(word) | (V if word & A != 0 else NEGATIVE)
        if ghost & GHOST != 0:
            tlb.ghost[at(entry)] = make_asleep(ghost & ~GHOST, left)
        elif is_asleep(ghost, entered):
            tlb.ghost[at(entry)] = make_awake(ghost) | GHOST
