"""Whether every frame counts as many references as there are (F61, F68), found by looking for them all.

Nothing that the allocator counts is believed: who refers to a frame is read from page tables, regions, programs and
what the kernel has put by; what is free, from the chain of free frames.

    a page table     one reference for each pointer to it, or for the space or object whose root it is
    a page           one for each leaf that names it, valid or not
    an object        one for each region that it backs: its root counts them, and has none of its own
    a file           as an object, and one for the file itself while its pages are in the page cache
    a program        one for each frame with a page that its processes share
    a swap slot      one for the frame that has its page, too
    a pipe           one for each page that vmsplice has put into it
    put by           one for each table of an address space that waits for a split; the huge page of zeros, one
"""

from collections import Counter
from collections.abc import Iterator

from emulator.base.bits import HUGE_PAGES, PAGE_WORDS, address_of, frame_of, word_of
from emulator.base.kernel_names import Backing
from emulator.base.world import World
from emulator.kernel.kernel import Kernel
from emulator.look.imbalance import NOTHING, Imbalance
from emulator.look.slots import misnamed
from emulator.paging import format as paging

Holders = dict[int, list[str]]  # by frame: who refers to it, once for each reference


def imbalances(world: World, kernel: Kernel) -> list[Imbalance]:
    """Return what is wrong with the frames of a machine that stands still between two instructions, by frame."""
    holders = _holders(world, kernel)
    first, limit = int(world.allocator.first_frame), int(world.allocator.frame_limit)
    refs = world.frame["refs"][:limit]
    counted = {first + i: int(refs[first + i]) for i in refs[first:].nonzero()[0].tolist()}
    found = []
    for frame in sorted(counted.keys() | holders.keys()):
        has, who = counted.get(frame, 0), holders.get(frame, [])
        if has != len(who):
            held = f"held by {', '.join(who)}" if who else "held by nobody"
            found.append(Imbalance(frame, f"counts {has} reference{'' if has == 1 else 's'} and is {held}"))
    return found + _misplaced(world, counted, first) + _deserted(world, kernel) + misnamed(world)


def _misplaced(world: World, counted: dict[int, int], first: int) -> list[Imbalance]:
    """Return what is wrong with the chain of free frames."""
    links, end = world.frame["next"], int(world.allocator.next_frame)
    free: set[int] = set()
    found: list[Imbalance] = []
    frame = int(world.allocator.free_list)
    while frame != NOTHING:
        if frame in free:
            return [*found, Imbalance(frame, "is chained twice among the free frames")]
        if not first <= frame < end or frame in counted:
            found.append(Imbalance(frame, "is chained among the free frames and is not free"))
        free.add(frame)
        frame = int(links[frame])
    lost = sorted(set(range(first, end)) - free - counted.keys())
    found += [Imbalance(frame, "counts no references and is not among the free frames") for frame in lost]
    in_use = int(world.allocator.in_use) - first
    if in_use != len(counted):
        found.append(Imbalance(NOTHING, f"is none: {in_use} frames are said to be in use, {len(counted)} are"))
    return found


def _deserted(world: World, kernel: Kernel) -> list[Imbalance]:
    """Return the roots of address spaces that count other processes than those that are in them."""
    inside = Counter(process.space for process in kernel.lives.processes.values() if process.alive)
    found = []
    for number in range(int(world.pool.spaces)):
        users = int(world.space[number]["users"])
        if users != inside[number]:
            wrong = f"is the root of an address space for {users} processes, and {inside[number]} are in it"
            found.append(Imbalance(frame_of(int(world.space[number]["root"])), wrong))
    return found


def _holders(world: World, kernel: Kernel) -> Holders:
    """Return who refers to each frame."""
    found: Holders = {}
    for frame, who in _references(world, kernel):
        found.setdefault(frame, []).append(who)
    return found


def _references(world: World, kernel: Kernel) -> Iterator[tuple[int, str]]:
    """Yield a frame and who refers to it for each reference that there is."""
    seen: set[int] = set()
    objects = set()
    for number in range(int(world.pool.spaces)):
        space = world.space[number]
        if not space["users"]:
            continue
        name = f"pid {space['pid']}"
        root = frame_of(int(space["root"]))
        yield root, f"the root of {name}"
        yield from _below(world, root, name, seen)
        spare = int(space["spare_table"])
        while spare != NOTHING:
            yield spare, f"a table that {name} has put by"
            spare = int(world.frame["next"][spare])
        first = int(space["first_region"])
        for region in world.pool.region[first : first + int(space["regions"])]:
            if region["backing"] in (Backing.OBJECT, Backing.FILE):
                objects.add(frame_of(int(region["object"])))
                yield frame_of(int(region["object"])), f"a region of {name} at {region['start']:#x}"
    for place in sorted(kernel.files.cache.roots):
        objects.add(frame_of(place))
        yield frame_of(place), "a file"
    for root in sorted(objects):
        yield from _below(world, root, "a shared object", seen)
    for image in kernel.images.all:
        for page, frame in image.frames(world).items():
            yield frame, f"program {image.program.name or image.number}, page {page:#x} of storage"
    for slot in world.swap.slot["frame"][: int(world.swap.next_slot)].nonzero()[0].tolist():
        yield int(world.swap.slot["frame"][slot]), f"swap slot {slot}"
    yield from ((pin.frame, "a pipe") for pin in kernel.user.pins.held)
    if world.allocator.huge_zero:
        head = int(world.allocator.huge_zero)
        yield from ((frame, "the huge page of zeros") for frame in range(head, head + HUGE_PAGES))


def _below(world: World, root: int, name: str, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Yield what the table in frame `root` and those below refer to; a table that several share is read once."""
    hart, zeros = world.hart[0], {int(world.allocator.zero_frame), int(world.allocator.huge_zero)}
    limit = int(world.allocator.frame_limit)  # beyond is storage, which files are read from
    left = [(root, 0, int(hart.levels) - 1)]
    while left:
        table, va, level = left.pop()
        if table in seen:
            continue
        seen.add(table)
        words = world.memory[word_of(address_of(table)) :][:PAGE_WORDS]
        filled, size = words.nonzero()[0].tolist(), paging.span(hart, level)
        for entry, pte in zip(filled, words[filled].tolist(), strict=True):
            there, target = va + entry * size, frame_of(paging.target_of(hart, pte, level))
            if paging.is_pointer(hart, pte, level):
                yield target, f"a page table of {name} for {there:#x}"
                left.append((target, there, level - 1))
            elif target not in zeros and target < limit and not (level == 0 and paging.is_swapped(hart, pte)):
                pages = HUGE_PAGES if level else 1
                yield from ((target + i, f"{name} at {there:#x}") for i in range(pages))
