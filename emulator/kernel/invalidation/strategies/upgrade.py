"""No flush where a PTE only grants more: who holds what granted less faults, and finds that there is nothing to do.

Who: x86 Linux does flush after mprotect(2), FreeBSD does not (F44).
"""

from emulator.base.jit import hot


@hot
def grows_untold(world):
    """Let nobody be told."""
    return True
