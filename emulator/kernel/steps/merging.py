"""Merging equal pages (`ksm`): one page gives its frame back and has the other's, which nobody may write to any more.

    1  clear V of the page that goes, and flush it
    2  clear W of the page that stays, wherever somebody may write to it, and flush that
    3  wait for the answers after each; compare both once more: until then a hart may have written to one
    4  equal: map the frame that stays, read-only, and drop the other; else let its PTE be valid again

That is the order of Linux (mm/ksm.c: write_protect_page, replace_page). A write to a merged page copies it, as to any
page that several have; the last one that has it re-uses it (F61).
"""

from emulator.base.bits import PAGE_BYTES, V, W, address_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import rare
from emulator.base.kernel_names import Cached, FlushCause
from emulator.base.names import Counter
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.hooks import begin_look, end_look, look_at
from emulator.kernel.invalidation.ranges import page_at
from emulator.kernel.memory.frame_log import because_of
from emulator.kernel.memory.frames import give, share
from emulator.kernel.memory.page_table import leaf_frame, leaf_place, write_pte
from emulator.paging import format as paging


@rare
def take_right(world, hart, space, va, right):
    """Steps 1 and 2: clear V or W of the page of `va`, which is a small one; `settle` comes next."""
    place, since = leaf_place(world, hart, space.root, va), hart.clock
    pte = read_word(world, place)
    begin_look(world)
    write_pte(world, hart, place, paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~right))
    look_at(world, hart, place, pte)
    flush(world, hart, page_at(space, va), FlushCause.MERGE, since)
    end_look(world)


@rare
def finish_merge(world, hart, space, va, frame):
    """Steps 3 and 4: let the page of `va` have `frame`, which has the other one; return whether they are equal yet."""
    place = leaf_place(world, hart, space.root, va)
    pte = read_word(world, place)
    rights, own = paging.rights_of(hart, pte) | V, leaf_frame(hart, pte)
    if not are_equal(world, own, frame):
        write_pte(world, hart, place, paging.with_rights(hart, pte, rights))
        return False
    because_of(world, FrameUse.MERGE, va, space.pid)
    share(world, hart, frame)
    world.frame[frame].cached = Cached.MERGED
    write_pte(world, hart, place, paging.make_leaf(hart, frame, rights & ~W))
    because_of(world, FrameUse.MERGE, va, space.pid)
    give(world, hart, own)
    hart.count[Counter.KSM_MERGED] += 1
    return True


@rare
def are_equal(world, one, other):
    """Return whether two frames hold the same."""
    first, second = address_of(one), address_of(other)
    for offset in range(0, PAGE_BYTES, 8):
        if read_word(world, first + offset) != read_word(world, second + offset):
            return False
    return True
