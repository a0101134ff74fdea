"""Fork flushes once for each region, as kernels did that flushed in their loop over them. Linux flushes once."""

from emulator.base.jit import hot


@hot
def regions_at_once(world):
    """Let there be one."""
    return 1
