"""The fault road: what the kernel does when a translation is refused.

Steps of a copy-on-write fault, numbered as in ARCHITECTURE.md and in this order (F62):

    1  find the region; it does not grant the access: refused, nothing changed (F2)
    2  find the PTE, making tables where they are missing
    3  the PTE grants the access already: spurious, flush that page and return (F42)
    4  one reference left: make the page writable again, no copy (F4, F61)
    5  else allocate a frame and copy the page; no frame: nothing has changed (F63)
    6  clear and flush the old translation
    7  install the new one, writable
    8  drop the reference to the old frame

The same instruction then runs again and takes effect once (F3): nothing of it was committed (F50).
"""

from emulator.base.bits import PAGE_BYTES, D, W
from emulator.base.frame_names import FrameStep, FrameUse
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Cached, FlushCause, ForkMode, Trait
from emulator.base.names import Cost, Counter, Event, Fault, Price
from emulator.hardware.access import NOTHING
from emulator.hardware.accounts import book
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.hooks import claim, reach_table
from emulator.kernel.invalidation.ranges import page_at
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.frame_log import because, because_copied, note
from emulator.kernel.memory.frames import NONE, give, take_copy
from emulator.kernel.memory.mistakes import (
    clears_in_vain,
    copied_from,
    copies_spurious,
    counts_maps,
    dirty_bit,
    drops_before_copy,
    ignores_region,
    reuses_zeros,
    shares_writes,
)
from emulator.kernel.memory.page_table import (
    ABSENT,
    find_leaf,
    leaf_frame,
    lets_through,
    make_leaf_place,
    maps,
    write_pte,
)
from emulator.kernel.memory.regions import NOWHERE, find, grants, grow_down, region_bits
from emulator.kernel.memory.slots import leave_unused
from emulator.kernel.steps.backing import first_touch, take_zeros
from emulator.kernel.steps.backings.file import lies_past_end
from emulator.kernel.steps.events import begin, finish, ledger_has_room
from emulator.kernel.steps.held import hurry
from emulator.kernel.steps.huge_fault import SMALL, resolve_huge
from emulator.kernel.steps.lock import begin_fault, end_fault
from emulator.kernel.steps.reclaim.swapping import swap_in
from emulator.kernel.steps.reclaim.want import make_room
from emulator.kernel.steps.replacing import drop_own_page, fence_valid, replace
from emulator.kernel.steps.shared_tables import NO_FRAME, OWNED, UNSHARED, needs_own, other_sharers, own_table
from emulator.paging import format as paging
from emulator.paging.accesses import writes
from emulator.world.hart import NO_LINE
from emulator.world.log import MAX_SHARERS

MOST_WANTS = 4  # times that pages are taken away for one fault: what a batch frees is more than any fault needs
MOST_SPURIOUS = 16  # in a row at one instruction: whatever a hart remembers, that many fences of the page drop it


@hot
def is_trap_of_paging(fault):
    """Return whether the kernel can do anything about `fault`: the others are the program's own mistake."""
    return not (
        fault == Fault.NON_CANONICAL or fault == Fault.ACCESS or fault == Fault.MISALIGNED or fault == Fault.RESERVED
    )


@hot
def resolve(world, hart, space):
    """Resolve the refused access in `hart`; return what was done, an `Event`."""
    va, access = hart.fault_va, hart.fault_access
    book(hart, Cost.KERNEL_FAULT, world.chip.price[Price.FAULT])
    index = find(world, space, va)  # step 1
    if index == NOWHERE or not is_trap_of_paging(hart.fault):
        return Event.REFUSED
    region = region_at(world, space, index)
    if not grants(region, access) and not ignores_region(world, access):
        return Event.REFUSED
    if world.policy.huge | space.huge | (region.traits & Trait.HUGETLB) != 0:
        done = resolve_huge(world, hart, space, region, va)
        if done != SMALL:
            return done
    owned = UNSHARED
    if world.policy.fork_mode == ForkMode.SHARED_TABLES:
        owned = own_table(world, hart, space, va)
        if owned == NO_FRAME:
            return Event.OUT_OF_MEMORY
    place = make_leaf_place(world, hart, space, space.root, va)  # step 2
    if place == ABSENT:
        return Event.OUT_OF_MEMORY
    reach_table(world, hart, place)
    pte, page = read_word(world, place), page_at(space, va)
    if not maps(hart, pte):
        if pte != 0 and paging.is_swapped(hart, pte):
            done = swap_in(world, hart, region, place)
            if done == Event.SWAP_IN:
                hart.count[Counter.FAULT_MAJOR] += 1
        else:
            done = first_touch(world, hart, space, region, va, place)
        if maps(hart, read_word(world, place)):
            fence_valid(world, hart, page)
        return done
    wrong = copies_spurious(world, access)
    if lets_through(hart, pte, access) and not wrong:  # step 3
        if owned == OWNED:
            return Event.UPGRADE
        if comes_again(world, hart):
            return Event.REFUSED
        hart.count[Counter.FAULT_SPURIOUS] += 1
        drop_own_page(world, hart, page, FlushCause.SPURIOUS)
        return Event.SPURIOUS
    rights = paging.rights_of(hart, pte)
    if writes(access) and (rights & W == 0 or wrong) and not shares_writes(world, region, leaf_frame(hart, pte)):
        return break_sharing(world, hart, page, region, place)
    bits = region_bits(region) | (W | D if writes(access) else rights & (W | D))
    new = paging.make_leaf(hart, leaf_frame(hart, pte), bits | rights)
    replace(world, hart, page, place, new, FlushCause.UPGRADE)
    return Event.UPGRADE


@hot
def comes_again(world, hart):
    """Note a spurious fault; return whether it has come over and over, and no instruction been retired since (F54)."""
    task, retired = world.task[hart.number], 1 + hart.count[Counter.INSTRUCTIONS]
    task.spurious = task.spurious + 1 if task.spurious_at == retired else 1
    task.spurious_at = retired
    return task.spurious > MOST_SPURIOUS


@hot
def break_sharing(world, hart, page, region, place):
    """Steps 4-8: a write to a private page, a range, that is read-only although its region is not."""
    old = leaf_frame(hart, read_word(world, place))
    writable = region_bits(region) | W | D
    if old == world.allocator.zero_frame and not reuses_zeros(world):  # it belongs to everybody (F6)
        because(world, FrameUse.ZEROS, page.start)
        new = take_zeros(world, hart)
        if new == NONE:
            return Event.OUT_OF_MEMORY
        replace(world, hart, page, place, paging.make_leaf(hart, new, writable), FlushCause.FILL)
        claim(world, hart, page.start, place)
        return Event.ZERO_FILL
    if world.frame[old].cached != Cached.NOT:
        leave_unused(world, hart, old)
    if owners_of(world, hart, old, page.start) <= 1:  # step 4
        replace(world, hart, page, place, paging.make_leaf(hart, old, writable), FlushCause.REUSE)
        hart.count[Counter.COW_REUSES] += 1
        because(world, FrameUse.COPY, page.start)
        note(world, hart, old, FrameStep.REUSE)
        return Event.REUSE
    because_copied(world, FrameUse.COPY, page.start, old)
    early = drops_before_copy(world)
    if early:
        give(world, hart, old)
    new = take_copy(world, hart, copied_from(world, old))  # step 5
    if new == NONE:
        if clears_in_vain(world):
            write_pte(world, hart, place, 0)
        return Event.OUT_OF_MEMORY
    if world.frame[old].cached == Cached.MERGED:
        hart.count[Counter.KSM_BROKEN] += 1
    new_pte = paging.make_leaf(hart, new, writable & ~D | dirty_bit(world))
    replace(world, hart, page, place, new_pte, FlushCause.COPY)  # steps 6, 7
    claim(world, hart, page.start, place)
    because_copied(world, FrameUse.COPY, page.start, new)
    if not early:
        give(world, hart, old)  # step 8
    hart.count[Counter.COW_COPIES] += 1
    return Event.COPY


@rare
def resolve_in_want(world, hart, space):
    """Do as `resolve`, which has found no frame: get back what is held, then take pages away; return the `Event`."""
    outcome, left = Event.OUT_OF_MEMORY, MOST_WANTS
    if world.postponed.queued > 0:
        hurry(world, hart)
        outcome = resolve(world, hart, space)
    if outcome == Event.OUT_OF_MEMORY and has_huge_alone(world, space, hart.fault_va):
        return outcome  # 512 frames in a row are not to be had so
    while outcome == Event.OUT_OF_MEMORY and left > 0 and make_room(world, hart):
        outcome = resolve(world, hart, space)
        left -= 1
    return outcome


@hot
def owners_of(world, hart, frame, va):
    """Return who has `frame`, which is mapped at `va`: every reference counts (F61)."""
    return maps_of(world, hart, frame, va) if counts_maps(world) else world.frame[frame].refs


@rare
def maps_of(world, hart, frame, va):
    """Return how many address spaces map `frame` at `va`."""
    found = 0
    for other in range(world.pool.spaces):
        if world.space[other].users > 0:
            pte, mapped = find_leaf(world, hart, world.space[other].root, va)
            found += maps(hart, pte) and mapped == frame
    return found


@hot
def populate(world, hart, pages):
    """Let `pages` pages from `hart.fault_va` on grant `hart.fault_access`, as faults would; return the last `Event`.

    Stops early, before the page at `hart.fault_va`, where that cannot be or the ledger is nearly full.
    """
    task = world.task[hart.number]
    space = world.space[task.space]
    outcome = Event.SPURIOUS
    while pages > 0 and ledger_has_room(world):
        pte, _ = find_leaf(world, hart, space.root, hart.fault_va)
        is_done = maps(hart, pte) and lets_through(hart, pte, hart.fault_access)
        if not is_done or needs_own(world, hart, space, hart.fault_va):
            hart.fault = Fault.NOT_PRESENT
            begin_fault(world, hart, space, hart.fault_va)
            outcome = resolve(world, hart, space)
            if outcome == Event.OUT_OF_MEMORY:
                outcome = resolve_in_want(world, hart, space)
            end_fault(world, hart, space)
            if outcome == Event.REFUSED or outcome == Event.OUT_OF_MEMORY:
                return outcome
        hart.fault_va += PAGE_BYTES
        pages -= 1
    return outcome


@hot
def take_trap(world, hart):
    """Enter the kernel for the refused access in `hart`, resolve it, return; record it; return the `Event`."""
    task = world.task[hart.number]
    space = world.space[task.space]
    grow_down(world, space, hart.fault_va)
    event = begin(world, hart)
    flushed, split = hart.count[Counter.FLUSH_PAGE], hart.count[Counter.HUGE_SPLITS]
    copied = hart.count[Counter.FORK_TABLES_COPIED]
    describe_before(world, hart, space, event)
    book(hart, Cost.TRAP_ENTRY, world.chip.price[Price.TRAP_ENTRY])
    count_fault(hart)
    begin_fault(world, hart, space, hart.fault_va)
    outcome = resolve(world, hart, space)
    if outcome == Event.OUT_OF_MEMORY:
        outcome = resolve_in_want(world, hart, space)
    end_fault(world, hart, space)
    book(hart, Cost.TRAP_RETURN, world.chip.price[Price.TRAP_RETURN])
    event.pages = hart.count[Counter.FLUSH_PAGE] - flushed
    event.value = hart.count[Counter.HUGE_SPLITS] - split
    if outcome == Event.OUT_OF_MEMORY or outcome == Event.REFUSED:
        event.value = is_bus_error(world, space, event, outcome)
    event.tables = hart.count[Counter.FORK_TABLES_COPIED] - copied
    event.pte_after, event.frame_after = find_leaf(world, hart, space.root, event.va)
    finish(world, hart, event, outcome)
    hart.fetch_line = NO_LINE
    hart.reservation = NOTHING  # the return from a trap ends it (F71)
    return outcome


@rare
def is_bus_error(world, space, event, outcome):
    """Return whether the process gets SIGBUS, as on Linux: past a file's end, or where huge pages alone would do."""
    if outcome == Event.REFUSED:
        return lies_past_end(world, space, event.va, event.access)
    return has_huge_alone(world, space, event.va)


@hot
def has_huge_alone(world, space, va):
    """Return whether the region of `va` has huge pages alone."""
    return region_at(world, space, find(world, space, va)).traits & Trait.HUGETLB != 0


@hot
def count_fault(hart):
    """Count the trap in all and by its reason, as `FAULTS` of `base.names` says."""
    fault = hart.fault
    hart.count[Counter.FAULT_TOTAL] += 1
    if fault == Fault.WRITE_PROTECTED or fault == Fault.NOT_DIRTY:
        hart.count[Counter.FAULT_WRITE_PROTECTED] += 1
    elif fault == Fault.NO_EXECUTE:
        hart.count[Counter.FAULT_NO_EXECUTE] += 1
    elif fault == Fault.PRIVILEGE or fault == Fault.READ_PROTECTED or fault == Fault.NOT_ACCESSED:
        hart.count[Counter.FAULT_PRIVILEGE] += 1
    elif fault != Fault.MISALIGNED:
        hart.count[Counter.FAULT_NOT_PRESENT] += 1


@hot
def describe_before(world, hart, space, event):
    """Note in `event` what the kernel finds: access, region, PTE, frame, owners."""
    event.va = hart.fault_va
    event.access, event.fault, event.found = hart.fault_access, hart.fault, hart.fault_found
    index = find(world, space, event.va)
    if index != NOWHERE:
        region = region_at(world, space, index)
        event.region_start, event.region_end, event.region_prot = region.start, region.end, region.prot
        event.region_shared, event.region_kind = region.shared, region.kind
    event.pte_before, frame = find_leaf(world, hart, space.root, event.va)
    if not maps(hart, event.pte_before):
        return
    event.frame_before = frame
    event.owners = world.frame[frame].refs + other_sharers(world, hart, space, event.va)
    found = 0
    for other in range(world.pool.spaces):
        space = world.space[other]
        if space.users > 0 and found < MAX_SHARERS:
            pte, mapped = find_leaf(world, hart, space.root, event.va)
            if maps(hart, pte) and mapped == frame:
                event.sharers[found] = space.pid
                found += 1
