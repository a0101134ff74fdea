"""Which TLB of a hart holds pages of a size: of instructions or data at the first level, of both at the second.

Pages of 2 MiB and of 1 GiB have TLBs of their own, or are in that of 4 KiB pages, as the profile says.
"""

from emulator.base.jit import hot
from emulator.base.names import Access


@hot
def first_level(hart, access, level):
    """Return the first-level TLB for pages at `level`: of instructions for a fetch, of data otherwise."""
    if access == Access.FETCH:
        if level == 0 or hart.itlb_holds >> level & 1:
            return hart.itlb
        return hart.itlb_2m if level == 1 else hart.itlb_1g
    if level == 0 or hart.dtlb_holds >> level & 1:
        return hart.dtlb
    return hart.dtlb_2m if level == 1 else hart.dtlb_1g


@hot
def second_level(hart, level):
    """Return the second-level TLB for pages at `level`, of instructions and data alike."""
    if level == 0 or hart.stlb_holds >> level & 1:
        return hart.stlb
    return hart.stlb_2m if level == 1 else hart.stlb_1g
