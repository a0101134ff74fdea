"""The doors to the page cache: frames that hold the pages of files, and regions that files back."""

from emulator.base.bits import LINE_BYTES, address_of, frame_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot_entry
from emulator.base.kernel_names import Backing, RegionKind
from emulator.base.names import Counter
from emulator.hardware.access import touch_data
from emulator.kernel.memory import object_pages
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.frame_log import because
from emulator.kernel.memory.frames import share
from emulator.kernel.memory.regions import find
from emulator.kernel.steps import address_space


@hot_entry
def map_file(world, index, start, end, prot, shared, root, offset):
    """Add a region to a free range of space `index`, backed by the file at `root` from `offset` on; False: no room."""
    space = world.space[index]
    if not address_space.add_region(world, space, start, end, prot, RegionKind.FILE, Backing.FILE, root):
        return False
    region = region_at(world, space, find(world, space, start))
    region.shared, region.object_offset = shared, offset
    because(world, FrameUse.OBJECT, start)
    share(world, world.hart[world.turns.last], frame_of(root))
    return True


@hot_entry
def cache_page(world, h, root, offset):
    """Return the place of the page at `offset` of the file at `root`, in memory now; 0 when no frame is free."""
    return address_of(object_pages.frame_at(world, world.hart[h], world.space[0], root, offset))


@hot_entry
def store_file(world, h, root, first, pages):
    """Let the new file at `root` have `pages` pages, those of storage from number `first` on; False: no memory."""
    world.frame[frame_of(root)].cached = pages
    return object_pages.store_pages(world, world.hart[h], world.space[0], root, first, pages)


@hot_entry
def cut_file(world, h, root, start):
    """Give up the pages of the file at `root` from offset `start` on, which no page table maps."""
    hart = world.hart[h]
    object_pages.cut_pages(world, hart, root, start, object_pages.end_of(hart))


@hot_entry
def leave_file(world, h, root):
    """Drop one reference to the file at `root`: with the last one its frames are given back."""
    object_pages.leave_tree(world, world.hart[h], world.space[0], root, 0)


@hot_entry
def touch_page(world, h, place, size):
    """Let hart `h` have read or written `size` bytes at `place`, all on one page, through its data caches."""
    hart, end = world.hart[h], place + size
    while place < end:
        stop = min(place - place % LINE_BYTES + LINE_BYTES, end)
        hart.count[Counter.CACHE_L1D_HITS] += 1  # a look-up that no load or store counts
        touch_data(world, hart, place, stop - place)
        place = stop
