"""Whether each slot of the swap device counts as many PTEs as name it, and is free where none does."""

from collections import Counter

from emulator.base.bits import frame_of
from emulator.base.kernel_names import Cached
from emulator.base.world import World
from emulator.look.imbalance import NOTHING, Imbalance
from emulator.look.tables import Tables


def misnamed(world: World) -> list[Imbalance]:
    """Return what is wrong with slots of a machine that stands still between two instructions."""
    end, levels = int(world.swap.next_slot), int(world.hart[0].levels)
    if not int(world.swap.slots):
        return []
    named: Counter[int] = Counter()
    for number in range(int(world.pool.spaces)):
        if world.space[number]["users"]:
            root = Tables().read(world, frame_of(int(world.space[number]["root"])), 0, levels - 1)
            named.update(page.slot for page in root.pages() if page.slot)
    slots = world.swap.slot[:end]
    found = [
        Imbalance(NOTHING, f"is none: swap slot {slot} counts {slots['count'][slot]} PTEs, {named[slot]} name it")
        for slot in range(1, end)
        if slots["count"][slot] != named[slot]
    ]
    for slot in slots["frame"].nonzero()[0].tolist():
        frame = int(slots["frame"][slot])
        names = Cached.SLOT - int(world.frame["cached"][frame])
        if names != slot:
            found.append(Imbalance(frame, f"has the page of swap slot {slot}, and names {names}"))
    used = int(((slots["count"] != 0) | (slots["frame"] != 0)).sum())
    counted = int(world.swap.used)
    if used != counted:
        found.append(Imbalance(NOTHING, f"is none: {counted} swap slots are said to be in use, {used} are"))
    return found
