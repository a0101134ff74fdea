"""Sharer filter of NUMA nodes (numaPTE): only harts of nodes that have a copy of the page table are told.

Who: Gao et al., arXiv 2401.15558, for Linux; that nodes walk page tables of their own is from Mitosis (ASPLOS 2020). A
copy is made when a hart of the node comes to the table first: its fault, which finds that the PTE grants the access
already (F42), pays for a frame and the copying of a page. A node without a copy can have no TLB entry from it. Who
changes a PTE changes it in all copies, at the price `pte` for each of the others.

Only for ranges whose PTEs are looked at: not for fork, for whole address spaces, nor where page tables go. Threads of
several nodes that use different pages of 2 MiB share the table all the same. Left out are the frames that copies take,
what they save in walks, and the changing of copies where no invalidation follows. Not where there is one node, which it
costs a fault for each table and spares nothing.
"""

from emulator.base.bits import frame_of
from emulator.base.jit import hot
from emulator.base.mask import count, has, is_empty, put
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.kernel.memory.frames import lines_cost


@hot
def reach_table(world, hart, place):
    """Give the hart's node a copy of the table, if it has none; the first that there is costs nothing."""
    nodes = world.frame[frame_of(place)].nodes
    if has(nodes, hart.node):
        return True
    if not is_empty(nodes):
        book(hart, Cost.KERNEL_ALLOC, world.chip.price[Price.ALLOC])
        book(hart, Cost.KERNEL_COPY, lines_cost(world, hart, frame_of(place)))
    put(nodes, hart.node)
    return True


@hot
def begin_look(world):
    """Let no PTE have been seen."""
    world.sharing.looked = 1
    world.sharing.nodes[:] = 0
    return True


@hot
def look_at(world, hart, place, pte):
    """Note which nodes have a copy of the table, and pay for changing the others'."""
    nodes = world.frame[frame_of(place)].nodes
    world.sharing.nodes[0] |= nodes[0]
    others = count(nodes) - has(nodes, hart.node)
    book(hart, Cost.KERNEL_PTE, others * world.chip.price[Price.PTE])
    return True


@hot
def end_look(world):
    """Let everybody be told of an invalidation for which no PTE is looked at."""
    world.sharing.looked = 0
    return True


@hot
def is_spared(world, h):
    """Spare the harts of nodes that have no copy of any of the tables."""
    copied = has(world.sharing.nodes, world.hart[h].node)
    return world.sharing.looked == 1 and not copied and world.request.tables == 0
