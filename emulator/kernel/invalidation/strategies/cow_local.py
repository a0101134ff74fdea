"""After copy-on-write the hart does not invalidate its own entry: the fault makes the hardware replace it (F40).

So does a write by the kernel. Who: Amit et al., EuroSys 2020, on x86. Not where a refused access leaves the entry in
place; and other harts must be told as ever, or they go on reading the old frame.
"""

from emulator.base.bits import asid_bits_of
from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.hardware.translation.fence import fence
from emulator.paging.fences import PAGE_FAULT


@hot
def drop_own(world, hart, span, row):
    """Let the entry of a page that was copied, filled or re-used go without an instruction."""
    if row.cause == FlushCause.COPY or row.cause == FlushCause.REUSE or row.cause == FlushCause.FILL:
        row.dropped += fence(world, hart, span.start, asid_bits_of(world.space[span.space].asid), PAGE_FAULT)
        return True
    return False
