"""What kinds of accesses need of a page, in every format."""

from emulator.base.jit import hot
from emulator.base.names import Access


@hot
def writes(access):
    """Return whether `access` needs the page writable (F17)."""
    return access == Access.STORE or access == Access.AMO
