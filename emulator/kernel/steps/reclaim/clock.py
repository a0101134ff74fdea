"""CLOCK: which pages go, by their A bits.

A hand goes round all frames. A page that was used since it came by last has A cleared, and a second chance; one that
was not is chosen (Corbato 1968; Linux's lists of pages are finer).

A is cleared with no flush, as Linux does on x86 and on RISC-V (ptep_clear_flush_young): a hart whose TLB holds the page
sets A no more, so that a page in use may go too early, which costs a fault and no data. What is unmapped is flushed.

A huge page is one to the hand, at its first frame. One that was not used is split, and goes as 512 small ones later.
"""

from emulator.base.bits import A
from emulator.base.jit import hot, rare
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.memory.slots import NO_SLOT, free_slots, slot_with
from emulator.kernel.steps.reclaim.reverse import HUGE, NOTHING, file_page, is_huge, look_everywhere, may_go
from emulator.kernel.steps.split import split
from emulator.paging import format as paging
from emulator.world.swap import MOST_VICTIMS

ROUNDS = 2  # after one with a second chance for every page, none is left


@rare
def choose(world, hart, wanted):
    """Choose up to `wanted` pages; return how many."""
    look_everywhere(world, hart)
    reclaim, first = world.reclaim, world.allocator.first_frame
    left = ROUNDS * (world.allocator.next_frame - first) + 1
    while left > 0 and reclaim.victims < min(wanted, MOST_VICTIMS):
        left -= 1
        frame = reclaim.hand
        reclaim.hand = frame + 1 if frame + 1 < world.allocator.next_frame else first
        if not may_go(world, frame):
            continue
        if was_used(world, hart, frame):
            hart.count[Counter.RECLAIM_SECOND_CHANCES] += 1
        elif not is_huge(world, frame):
            take_victim(world, frame)
        elif reclaim.victims == 0:
            split_everywhere(world, hart, frame)
            look_everywhere(world, hart)
            reclaim.hand = frame
        else:
            reclaim.hand = frame  # what is chosen goes first, for splitting lets others run
            break
    return reclaim.victims


@hot
def was_used(world, hart, frame):
    """Return whether A is set in any leaf that maps `frame`, and clear it in all."""
    used, at = False, world.reclaim.first[frame]
    while at != NOTHING:
        mapping = world.reclaim.mapping[at]
        pte = read_word(world, mapping.place)
        rights = paging.rights_of(hart, pte)
        book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE])
        if rights & A != 0:
            used = True
            put_word(world, hart, mapping.place, paging.with_rights(hart, pte, rights & ~A))
        at = mapping.next
    return used


@hot
def take_victim(world, frame):
    """Choose `frame`, which may go, if there is a slot for its page or it needs none; return whether it was chosen."""
    reclaim = world.reclaim
    if needs_slot(world, frame):
        if free_slots(world) <= reclaim.slots:
            return False
        reclaim.slots += 1
    reclaim.victim[reclaim.victims] = frame
    reclaim.victims += 1
    reclaim.first[frame] = -reclaim.first[frame]
    return True


@hot
def needs_slot(world, frame):
    """Return whether the page in `frame` has to get a slot: a file's does not, nor one that has its slot yet.

    One that was given up may have been written to again, which is seen when it is flushed: it needs one until then.
    """
    return file_page(world, frame) == NOTHING and slot_with(world, frame) == NO_SLOT


@rare
def split_everywhere(world, hart, frame):
    """Split the huge page that begins at `frame` wherever it is mapped as one."""
    at = world.reclaim.first[frame]
    while at != NOTHING:
        mapping = world.reclaim.mapping[at]
        if mapping.level == HUGE:
            split(world, hart, world.space[mapping.space], mapping.va)
        at = mapping.next
