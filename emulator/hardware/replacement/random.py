"""Random: any entry of the set gives way, each as likely as the others.

Each TLB and cache draws from numbers of its own (`chance`), whose first follows from the machine's seed: so the same
seed gives up the same entries, whatever else draws numbers, on any host and in either engine.
"""

from emulator.base.jit import hot
from emulator.hardware.chance import after


@hot
def touch(array, first, way):
    """Change nothing: hits do not count."""


fill = touch


@hot
def victim(array, first):
    """Return the way that the next number names."""
    array.chance = after(array.chance)
    return array.chance % array.ways
