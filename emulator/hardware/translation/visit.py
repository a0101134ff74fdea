"""What a walk leaves in the pointers that it goes through: A on x86 (SDM vol. 3A, 4.8), nothing on RISC-V."""

from emulator.base.jit import rare
from emulator.hardware.checker.writes import put_seen
from emulator.paging import format as paging


@rare
def visit(world, hart, va, place, pte):
    """Mark the pointer `pte` at `place`, gone through for `va`, as its format has it."""
    put_seen(world, hart, va, place, pte, paging.visited(hart, pte))
