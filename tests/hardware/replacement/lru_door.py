"""A door to look tags up in one set, in one of two ways."""

import numpy as np

from emulator.base.jit import Tags, Words, hot_entry
from emulator.base.record import I4
from emulator.hardware.replacement.lru import use_any, use_next
from emulator.native.engine import Engine
from emulator.world.layout import new_world


@hot_entry
def look_up(world, tags: Tags, first, ways, sought: Words, found: Words, any_way):
    """Look for each tag of `sought` in turn; `found[i]` says whether the set that begins at `first` held it."""
    for i in range(len(sought)):
        if any_way:
            found[i] = use_any(tags, first, ways, I4(sought[i]))
        else:
            found[i] = use_next(tags, first, ways, I4(sought[i]))


def world():
    """Return a world with nothing in it, on which `look_up` works, compiled unless plain Python was chosen."""
    nothing = new_world(np.zeros(0, np.int64))
    Engine(nothing, modules=(__name__,))
    return nothing
