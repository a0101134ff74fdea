"""A fence for each PTE that becomes valid: the hart may have remembered that it was not (F23).

Who: RISC-V Linux (update_mmu_cache) on processors without Svvptc, which bounds how long such a memory lasts. Without
this strategy a machine is as with Svvptc, or x86 and Arm, which remember no invalid PTE: nothing is fenced for, and a
hart that does remember faults once more, and finds nothing to do (F42). Others are not told, in either case.
"""

from emulator.base.jit import hot


@hot
def fences_valid(world):
    """Let the hart that has made a PTE valid drop what it knew of the page."""
    return True
