"""What a walk leaves in the pointers that it goes through: A on x86 (SDM vol. 3A, 4.8), nothing on RISC-V."""

from emulator.base.jit import hot
from emulator.hardware.checker.writes import put_seen
from emulator.paging import format as paging


@hot
def visit(world, hart, va, place, pte):
    """Mark the pointer `pte` at `place`, gone through for `va`, as its format has it; return whether it was not yet."""
    left = paging.visited(hart, pte)
    if left == pte:
        return False
    put_seen(world, hart, va, place, pte, left)
    return True
