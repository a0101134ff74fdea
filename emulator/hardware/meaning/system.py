"""Traps and fences (RV64I, Zifencei, and the supervisor's own)."""

from emulator.base.names import Trap
from emulator.hardware.decode import forget_all_decoded
from emulator.hardware.meaning.kinds import Kind, means
from emulator.hardware.translation.fence import fence
from emulator.paging.fences import sfence


@means(Kind.TRAP)
def ecall():
    return Trap.SYSCALL


@means(Kind.TRAP)
def ebreak():
    return Trap.BREAKPOINT


@means(Kind.NOTHING)
def fence_():
    """Order accesses: one hart's are in order already."""


@means(Kind.FENCE)
def fence_i(world):
    return forget_all_decoded(world)


@means(Kind.SUPERVISOR_FENCE)
def sfence_vma(world, hart, a, b, rs1, rs2):
    return fence(world, hart, a, b, sfence(rs1 != 0, rs2 == 0))
