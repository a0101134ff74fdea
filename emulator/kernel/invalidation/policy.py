"""Which invalidation to use for a range of pages.

ceiling:N   page by page up to N pages, beyond that the whole address space.
            Linux x86 uses 33 (a policy, not a measured crossover), RISC-V 64, arm64 512.
asid        the whole address space, always.
full        everything, always: what a machine without ASIDs or single-page invalidation must do.
"""

from emulator.base.bits import PAGE_BYTES
from emulator.base.jit import hot
from emulator.base.names import FlushPolicy
from emulator.kernel.invalidation.local import drop_address_space, drop_everything, drop_one_page


@hot
def flush_pages(kernel, chip, hart, space, start, pages):
    """Invalidate `pages` pages of `space` from `start` on; afterwards no TLB entry grants what their PTEs do not."""
    if space.asid_generation != kernel.asid_generation:
        return  # no TLB entry is of this space: it never ran since ASIDs were last handed out anew
    if kernel.flush_policy == FlushPolicy.CEILING and pages <= kernel.flush_ceiling:
        for i in range(pages):
            drop_one_page(chip, hart, space.asid, start + i * PAGE_BYTES)
    else:
        flush_space(kernel, chip, hart, space)


@hot
def flush_space(kernel, chip, hart, space):
    """Invalidate all of `space`: what fork does once, at its end (F64)."""
    if space.asid_generation != kernel.asid_generation:
        return
    if kernel.flush_policy == FlushPolicy.FULL:
        drop_everything(chip, hart)
    else:
        drop_address_space(chip, hart, space.asid)
