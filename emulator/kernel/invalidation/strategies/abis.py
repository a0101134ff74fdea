"""Access-bit filter (ABIS): a page whose A bit is clear can be in the TLB of no hart but the one that had it first.

Who: Awad et al., USENIX ATC 2017. When a hart touches a private page first, the kernel lets it load the translation and
clears A again; whoever walks to the page later sets it. Then only the first hart is told of an invalidation while A is
clear. Only where the hardware sets A, and only for ranges whose PTEs are looked at, at the price `pte` each: a flush of
a whole address space is not filtered. A page whose entry its own hart has lost and walked to again counts as shared:
the epochs in which ABIS would clear A again are not modelled.
"""

from emulator.base.bits import A, page_of
from emulator.base.jit import hot
from emulator.base.mask import has, put
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.memory import read_word
from emulator.hardware.translation.mmu import translate
from emulator.kernel.memory.page_table import leaf_frame, maps, write_pte
from emulator.paging import format as paging


@hot
def begin_look(world):
    """Let no PTE have been seen."""
    world.sharing.looked, world.sharing.anybody = 1, 0
    world.sharing.owners[:] = 0
    return True


@hot
def look_at(world, hart, place, pte):
    """Note who may hold the translation that `pte` gave until now."""
    if not maps(hart, pte):
        return False
    book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE])
    if paging.rights_of(hart, pte) & A != 0:
        world.sharing.anybody = 1
    else:
        put(world.sharing.owners, world.frame[leaf_frame(hart, pte)].owner)
    return True


@hot
def end_look(world):
    """Let everybody be told of an invalidation for which no PTE is looked at."""
    world.sharing.looked = 0
    return True


@hot
def is_spared(world, h):
    """Spare all harts but those that had the pages first, while nobody else has walked to one."""
    untouched = world.sharing.looked == 1 and world.sharing.anybody == 0 and not has(world.sharing.owners, h)
    return untouched and world.request.tables == 0  # of pointers there is no such bit


@hot
def claim(world, hart, va, place):
    """Let the hart load the PTE for the access that it makes, then clear A there."""
    pte = read_word(world, place)
    world.frame[leaf_frame(hart, pte)].owner = hart.number
    translate(world, hart, page_of(va), hart.fault_access)
    hart.count[Counter.TLB_L1D_ACCESSES] += 1
    write_pte(world, hart, place, paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~A))
    return True
