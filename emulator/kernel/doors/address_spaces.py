"""The doors to address spaces: making them, fork, changing their regions, what is put off and given back."""

from emulator.base.bits import page_up
from emulator.base.jit import hot_entry
from emulator.base.kernel_names import ForkMode
from emulator.base.names import Counter, Event
from emulator.kernel.invalidation import hooks
from emulator.kernel.invalidation.postponed import hurry
from emulator.kernel.invalidation.postponed.queue import has_place
from emulator.kernel.memory import regions
from emulator.kernel.steps import address_space, asids, fork, held, lock, shared_tables, unmapping
from emulator.kernel.steps.events import begin, finish
from emulator.world.task import NO_SPACE

REFUSED = -1
A0, ARGUMENTS = 10, 6


@hot_entry
def create_space(world, h, pid):
    """Return the index of a new address space for process `pid`, or NO_SPACE."""
    index = address_space.create(world, world.hart[h])
    if index != NO_SPACE:
        world.space[index].pid = pid
    return index


@hot_entry
def leave_space(world, h, index):
    """Drop one user of space `index`; return whether it was the last: then `settle` and `free_space` come next."""
    return address_space.leave(world, world.hart[h], world.space[index])


@hot_entry
def free_space(world, h, index):
    """Give back all that space `index`, which nobody uses, still holds."""
    address_space.free(world, world.hart[h], world.space[index])


@hot_entry
def share_space(world, index):
    """Count one more user of space `index` (CLONE_VM)."""
    world.space[index].users += 1


@hot_entry
def set_break(world, index, top):
    """Let the heap of space `index` begin, empty, on the first page after `top`."""
    space = world.space[index]
    space.brk_start = page_up(top)
    space.brk = space.brk_start


@hot_entry
def enter_space(world, h, index):
    """Let hart `h` translate in space `index`."""
    asids.enter(world, world.hart[h], index)


@hot_entry
def begin_change(world, h, index):
    """Let hart `h` wait until nobody else works on space `index`, whose regions it is about to change."""
    lock.begin_change(world, world.hart[h], world.space[index])


@hot_entry
def end_change(world, h, index, start, end):
    """Let hart `h` have changed the regions of space `index` from `start` to `end`."""
    lock.end_change(world, world.hart[h], world.space[index], start, end)


@hot_entry
def end_reading(world, h, index):
    """Let hart `h` have done with space `index` what changes no regions."""
    lock.end_reading(world, world.hart[h], world.space[index])


@hot_entry
def begin_fork(world, h):
    """Begin the event of a fork; `fork_regions` and `finish_fork` come next."""
    event = begin(world, world.hart[h])
    event.pages = -world.hart[h].count[Counter.FORK_WRITE_PROTECTED]
    event.tables = -world.hart[h].count[Counter.FORK_TABLES_SHARED]


@hot_entry
def fork_regions(world, h, parent, child, first, last, stack_pointer):
    """Make space `child` show the regions `first` to `last` - 1 of `parent`; return whether memory sufficed."""
    source, target = world.space[parent], world.space[child]
    return fork.copy_regions(world, world.hart[h], source, target, first, last, stack_pointer)


@hot_entry
def finish_fork(world, h, parent, child, done):
    """Record the fork that `begin_fork` began, which succeeded if `done`."""
    hart = world.hart[h]
    event = world.log.event[world.log.events]
    world.space[child].brk_start, world.space[child].brk = world.space[parent].brk_start, world.space[parent].brk
    event.pages += hart.count[Counter.FORK_WRITE_PROTECTED]
    event.tables += hart.count[Counter.FORK_TABLES_SHARED]
    event.value = world.space[child].pid
    finish(world, hart, event, Event.FORK)
    hart.count[Counter.FORK_COUNT] += done


@hot_entry
def add_region(world, index, start, end, prot, kind, backing, target):
    """Add a region to a free range of space `index`, backed by what is at `target`; return whether it had room."""
    space = world.space[index]
    return address_space.add_region(world, space, start, end, prot, kind, backing, target)


@hot_entry
def split_range(world, index, start, end):
    """Let region boundaries of space `index` fall on `start` and `end`; return whether there was room."""
    return address_space.split_range(world, world.space[index], start, end)


@hot_entry
def next_shared(world, h, index, start, end):
    """Return the first address from `start` on whose page table is not space `index`'s alone, or `end`."""
    return shared_tables.next_shared(world, world.hart[h], world.space[index], start, end)


@hot_entry
def begin_own(world, h, index, va):
    """Begin to let space `index` have the table of `va` for itself; return whether memory sufficed.

    `settle` and `finish_own` come next.
    """
    return shared_tables.begin_own(world, world.hart[h], world.space[index], va)


@hot_entry
def finish_own(world, h, index, va):
    """Let the table that is its own stand where the shared one was."""
    shared_tables.finish_own(world, world.hart[h], world.space[index], va)


@hot_entry
def begin_unmap(world, h, index, start, end, cause, low):
    """Clear and flush the PTEs from `start` to `end` of space `index`, with tables of what goes from `low` on.

    `settle` and `drop_pages` come next.
    """
    space = world.space[index]
    unmapping.begin_unmap(world, world.hart[h], space, start, end, cause, low)


@hot_entry
def drop_pages(world, h, index, start, end, low):
    """Drop the frames of the pages that `begin_unmap` cleared, and the tables that it unlinked."""
    space = world.space[index]
    unmapping.drop_pages(world, world.hart[h], space, start, end, low)


@hot_entry
def hold_range(world, h, index, start, end):
    """Unmap `start` to `end` of space `index`, at region boundaries; hold what other harts may have in their TLBs."""
    held.hold_range(world, world.hart[h], world.space[index], start, end)


@hot_entry
def pages_at_once(world):
    """Return how many pages unmapping flushes at once; 0: the whole range."""
    return hooks.pages_at_once(world)


@hot_entry
def regions_at_once(world):
    """Return how many regions fork flushes at once; 0: all. A table that is shared may be of several."""
    return 0 if world.policy.fork_mode == ForkMode.SHARED_TABLES else hooks.regions_at_once(world)


@hot_entry
def postpones(world):
    """Return whether munmap may be postponed."""
    return hooks.postpones(world)


@hot_entry
def postpones_writable(world):
    """Return whether that goes for pages, too, that may be written to."""
    return hooks.postpones_writable(world)


@hot_entry
def ends_at_fork(world):
    """Return whether harts have to catch up with what is postponed before a fork."""
    return hooks.ends_at_fork(world)


@hot_entry
def must_hurry(world, h, index):
    """Return whether there is no place to hold another range of space `index`, or no point in holding more."""
    return not has_place(world) or hooks.is_enough(world, world.hart[h], index) != 0


@hot_entry
def begin_hurry(world, h, index):
    """Let harts catch up with what is held of space `index`, or of ANY; `settle` and `give_back` come next."""
    hurry.begin_hurry(world, world.hart[h], index)


@hot_entry
def is_held(world, index, start, end):
    """Return whether any byte of `start` to `end` in space `index` is unmapped but not yet given back."""
    return regions.is_held(world, world.space[index], start, end)


@hot_entry
def give_back(world, h):
    """Give back what no hart has in its TLBs any more."""
    held.give_back(world, world.hart[h])


@hot_entry
def remove_regions(world, h, index, start, end):
    """Take out the regions from `start` to `end`, whose pages are gone."""
    space = world.space[index]
    address_space.remove_regions(world, world.hart[h], space, start, end)


@hot_entry
def protect_range(world, h, index, start, end, prot):
    """Let `start` to `end` allow `prot`; return whether there was room for the regions; `settle` comes next."""
    space = world.space[index]
    return address_space.protect_range(world, world.hart[h], space, start, end, prot)


@hot_entry
def is_free(world, index, start, end):
    """Return whether no region of space `index` has a byte in `start` to `end`."""
    return address_space.is_free(world, world.space[index], start, end)


@hot_entry
def change_traits(world, index, start, end, put, take):
    """Let the regions from `start` to `end` have the traits `put` and not `take`; return whether there was room."""
    return address_space.change_traits(world, world.space[index], start, end, put, take)


@hot_entry
def find_gap(world, index, length, top):
    """Return the highest start of `length` free bytes below `top` in space `index`, or 0."""
    return address_space.find_gap(world, world.space[index], length, top)
