"""The records of memory as the kernel manages it: frames, address spaces and their regions, ASIDs."""

from emulator.base.bits import frame_of
from emulator.base.record import I4, I8, record
from emulator.config.limits import MOST_MEMORY
from emulator.world.hart import MAX_HARTS

STORAGE_BYTES = 1 << 30  # beside memory, for what backs dropped pages (`kernel/programs/storage.py`): a bound, no claim
MAX_FRAMES = frame_of(MOST_MEMORY + STORAGE_BYTES)
MAX_SPACES = 1024
MAX_REGIONS = 65530  # of one address space: Linux, vm.max_map_count
SMALLEST_EXTENT = 16
EXTENT_SIZES = 13  # 16, 32, ... 65,536 regions
POOL_REGIONS = 1 << 20  # regions of all address spaces together
MASK_WORDS = MAX_HARTS // 32

FRAME = record(
    ("refs", I4),  # every reference counts: mappings, page tables, pins (F61)
    ("next", I4),  # the next free frame below this one on the free list
    ("owner", I4),  # the hart that had it first (abis)
    ("cached", I4),  # of storage: the frame that its readers share; of a file's root: its pages; below 0: `Cached`
    ("nodes", I8, (1,)),  # of a page table: the NUMA nodes that have a copy of it (numapte)
    ("taken", I8),  # how many frames had been handed out when this one was, last
)

ALLOCATOR = record(
    ("first_frame", I8),  # frames below were taken at boot and are never freed
    ("next_frame", I8),  # frames from here to `frame_limit` were never used
    ("frame_limit", I8),
    ("free_list", I8),  # the frame freed last, 0 for none
    ("zero_frame", I8),
    ("huge_zero", I8),  # the first frame of the huge page of zeros, 0 while nobody needs one
    ("huge_zero_users", I8),  # address spaces that may map it
    ("in_use", I8),
    ("peak", I8),
    ("allocated", I8),
    ("freed", I8),
)

REGION = record(
    ("start", I8),  # virtual addresses, page-aligned; `end` is the first byte after
    ("end", I8),
    ("prot", I8),  # R, W, X as in a PTE: what the region grants
    ("shared", I8),  # 1: writes are seen by all sharers (F60)
    ("backing", I8),  # `Backing`: what a page holds that no PTE maps
    ("object", I8),  # its place: the tree that holds the frames of shared memory, the bytes of a program's segment
    ("object_offset", I8),  # where in the object `start` lies
    ("kind", I8),  # `RegionKind`
    ("traits", I8),  # `Trait`
    ("busy_until", I8),  # when the hart that changed it last had done so (`Locks.VMA`)
)

POOL = record(
    ("spaces", I8),  # one more than the highest slot of an address space ever used
    # extents of the pool, of 16 << i regions
    ("top", I8),  # regions from here on were never handed out
    ("free_extent", I8, (EXTENT_SIZES,)),  # by size: 1 + the first region of the extent freed last, 0 for none
    ("region", REGION, (POOL_REGIONS,)),
)

SPACE = record(
    ("number", I8),  # its slot
    ("users", I8),  # processes that run in it; 0: the slot is free
    ("pid", I8),  # the process it was made for
    ("root", I8),
    ("asid", I8),
    ("asid_generation", I8),
    ("brk_start", I8),
    ("brk", I8),
    ("tables", I8),  # frames that hold its page table
    ("huge", I8),  # leaves of huge pages in it
    ("spare_table", I8),  # the first of the frames put by for tables, one for each huge page that can be split
    ("huge_zero", I8),  # 1: it may map the huge page of zeros
    ("holders", I8, (MASK_WORDS,)),  # the harts whose TLBs may hold entries of it, 32 a word
    ("has_global_asid", I8),  # 1: INVLPGB can name it
    ("behind", I8, (MASK_WORDS,)),  # those that missed an invalidation and must flush before they run in it again
    ("busy_until", I8),  # when the hart that changed it last had done so
    ("read_until", I8),  # when the last of those had done that change no regions, and may be several (`Locks.MMAP`)
    ("new_traits", I8),  # those of regions to come (mlockall)
    ("regions", I8),
    ("first_region", I8),  # where they begin in the pool, sorted by address, never overlapping
    ("room", I8),  # how many their extent of the pool holds
)

ASIDS = record(
    ("next", I8),
    ("generation", I8),
    ("limit", I8),
    ("kept", I8, (MAX_HARTS,)),  # the ASIDs that running spaces have kept from the generation before
    ("kepts", I8),
)
