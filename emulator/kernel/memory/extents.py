"""Where the regions of an address space stand: one extent each of a common pool, which grows with their number.

An extent holds 16 << i regions. One that has become too small is copied to one of twice its size and freed, so a space
of few regions costs no more than they take, and one may have as many as Linux allows.
"""

from emulator.base.jit import hot
from emulator.world.memory import EXTENT_SIZES, MAX_REGIONS, POOL_REGIONS, SMALLEST_EXTENT

NONE = -1


@hot
def region_at(world, space, index):
    """Return region number `index` of `space`, in the order of addresses."""
    return world.pool.region[space.first_region + index]


@hot
def copy_region(source, target):
    """Make `target` the same region as `source`."""
    target.start, target.end, target.prot = source.start, source.end, source.prot
    target.shared, target.kind, target.traits = source.shared, source.kind, source.traits
    target.backing, target.object, target.object_offset = source.backing, source.object, source.object_offset
    target.busy_until = source.busy_until


@hot
def make_room(world, space):
    """See to it that `space` can hold one more region; return whether it can."""
    if space.regions >= MAX_REGIONS:
        return False
    if space.regions < space.room:
        return True
    size = max(2 * space.room, SMALLEST_EXTENT)
    first = take_extent(world, size)
    if first == NONE:
        return False
    for i in range(space.regions):
        copy_region(region_at(world, space, i), world.pool.region[first + i])
    give_extent(world, space)
    space.first_region, space.room = first, size
    return True


@hot
def take_extent(world, size):
    """Return the first region of an extent of `size`, or NONE when the pool is used up."""
    kind = size_kind(size)
    freed = world.pool.free_extent[kind]
    if freed != 0:
        world.pool.free_extent[kind] = world.pool.region[freed - 1].start
        return freed - 1
    if world.pool.top + size > POOL_REGIONS:
        return NONE
    world.pool.top += size
    return world.pool.top - size


@hot
def give_extent(world, space):
    """Give back the extent of `space`, which has no regions there any more."""
    if space.room > 0:
        kind = size_kind(space.room)
        world.pool.region[space.first_region].start = world.pool.free_extent[kind]
        world.pool.free_extent[kind] = space.first_region + 1
        space.room = 0


@hot
def size_kind(size):
    """Return i of a size of 16 << i regions."""
    kind = 0
    while kind + 1 < EXTENT_SIZES and SMALLEST_EXTENT << kind < size:
        kind += 1
    return kind
