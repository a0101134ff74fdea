"""AMD's broadcast, as Linux uses it since 6.15: INVLPGB for some pages at a time, one TLBSYNC, for busy processes.

Who: van Riel, linux-mm 2025. INVLPGB names an address space by an ASID that means the same on all harts. There are few,
so that a process gets one only while it is active on N harts (3 in the series, 4 in a later revision), and where none
is left interrupts go on. Linux looks for that after a shootdown by interrupts, now and then; here it is so as soon as
the N-th hart enters the space: what is measured is what it settles to. Not before Zen 3.
"""

from emulator.base.jit import hot
from emulator.base.mask import count, has
from emulator.kernel.invalidation.broadcasting import broadcast_range, global_asids_in_use
from emulator.kernel.invalidation.reach import goes_by_page


@hot
def needs_no_interrupt(world, space):
    """Let hardware tell the others of an address space that has a global ASID."""
    return space.has_global_asid == 1


@hot
def reaches_own(world, space):
    """Let it drop the hart's own entries, too."""
    return space.has_global_asid == 1


@hot
def tell_by_hardware(world, hart, span, row):
    """Invalidate the range on all harts."""
    if not needs_no_interrupt(world, world.space[span.space]):
        return False
    most = world.policy.invlpgb_pages
    broadcast_range(world, hart, span, row, -(-span.pages // most) if goes_by_page(world, span) else 1)
    return True


@hot
def enter(world, hart, index):
    """Give the space a global ASID if enough harts are active in it now and there is one."""
    space = world.space[index]
    active = count(space.holders) + (not has(space.holders, hart.number))
    if active >= world.policy.invlpgb and global_asids_in_use(world) < world.policy.global_asids:
        space.has_global_asid = 1
    return False
