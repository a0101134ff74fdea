"""Instructions of this machine alone, which a fault interrupts half-way (F52, F53)."""

from emulator.base.arithmetic import unsigned_less
from emulator.base.jit import hot
from emulator.hardware.meaning.kinds import Kind, means


@means(Kind.COPY)
@hot
def bcopy(target, source, length):
    """Return how many bytes go at once: 8 where both addresses are aligned and so many are left, else 1."""
    return 8 if (target | source) & 7 == 0 and not unsigned_less(length, 8) else 1


@means(Kind.LOAD_AND_STEP, size=8)
def ld_pi(value):
    return value


@means(Kind.STORE_AND_STEP, size=8)
def sd_pi(b):
    return b
