"""The doors to huge pages: whether there are any, splitting them, making them of small ones."""

from emulator.base.bits import huge_of
from emulator.base.jit import hot_entry
from emulator.kernel.memory import huge_frames
from emulator.kernel.memory.huge_tables import huge_place
from emulator.kernel.memory.page_table import ABSENT
from emulator.kernel.steps import collapse, split

REFUSED = -1
A0, ARGUMENTS = 10, 6


@hot_entry
def cuts_huge(world, h, index, va):
    """Return whether `va` lies within a huge page of space `index`, not at its beginning."""
    return va != huge_of(va) and huge_place(world, world.hart[h], world.space[index].root, va) != ABSENT


@hot_entry
def begin_split(world, h, index, va):
    """Begin to split the huge page of space `index` that `va` is in; `settle` and `finish_split` come next."""
    split.begin_split(world, world.hart[h], world.space[index], va)


@hot_entry
def finish_split(world, h, index, va):
    """Let small pages stand where that huge page was."""
    split.finish_split(world, world.hart[h], world.space[index], va)


@hot_entry
def has_huge(world, wanted):
    """Return whether there are `wanted` times 512 free frames in a row."""
    return huge_frames.has_huge(world, wanted)


@hot_entry
def mapped_by(world, h, index, va):
    """Return what maps the 2 MiB of space `index` that begin at `va`: 0 nothing, 1 small pages, 2 a huge one."""
    return collapse.mapped_by(world, world.hart[h], world.space[index], va)


@hot_entry
def begin_collapse(world, h, index, va):
    """Begin to make a huge page of small ones; return its first frame or NONE; then `settle`, `finish_collapse`."""
    return collapse.begin_collapse(world, world.hart[h], world.space[index], va)


@hot_entry
def finish_collapse(world, h, index, va, head):
    """Let the huge page that begins at frame `head` stand where the small ones were."""
    collapse.finish_collapse(world, world.hart[h], world.space[index], va, head)
