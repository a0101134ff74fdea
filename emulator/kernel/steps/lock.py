"""The lock of an address space, as far as it takes time: whoever comes while it is being changed waits."""

from emulator.base.jit import hot
from emulator.base.names import Cost
from emulator.hardware.accounts import book


@hot
def await_others(hart, space):
    """Wait until the hart that changes `space` has done so."""
    if hart.clock < space.busy_until:
        book(hart, Cost.KERNEL_LOCK, space.busy_until - hart.clock)
