"""NUMA nodes: harts beside each other share one, and what one sends another takes longer the farther that is.

What takes so many cycles within a node takes as many times longer as the distance between two nodes is a multiple of
the one within: that is what a table of distances (SLIT) says of memory, and what is assumed here of interrupts. That
they do take longer is published: 2.7 us on two sockets, 6.6 us on eight (LATR, ASPLOS 2018). Memory, caches and the
answers to interrupts cost the same everywhere: which node a frame is in is not modelled.
"""

from emulator.base.jit import hot

LOCAL = 10  # a node's distance to itself (ACPI, SLIT)


@hot
def over_distance(world, hart, target, cycles):
    """Return what takes `cycles` within a node for what `hart` sends to `target`."""
    if hart.node == target.node:
        return cycles
    return cycles * world.chip.distance[hart.node * world.chip.nodes + target.node] // LOCAL
