"""The records of what all harts share: memory's place, prices, the third cache, decoded code; and whose turn it is."""

from emulator.base.names import Price
from emulator.base.record import I4, I8, record
from emulator.config.limits import MOST_NODES
from emulator.world.hart import CACHE_L3, MAX_HARTS

PLAN = 1 << 16  # steps that an explicit schedule can have
DECODED_PAGES = 256
DECODED_FRAMES = 1024
INSTRUCTIONS_PER_PAGE = 1024

CHIP = record(
    ("harts", I8),
    ("memory_start", I8),  # the physical address of the first byte of memory
    ("memory_size", I8),
    ("hits_below", I8),  # hits below this place need no look: `memory_size`, or 0 where each is compared with memory
    ("largest", I8),  # the highest level of leaf that a TLB word can hold: memory must start aligned to it
    ("price", I8, (len(Price),)),
    ("nodes", I8),  # of NUMA
    ("distance", I8, (MOST_NODES * MOST_NODES,)),  # from node to node: `nodes` rows, 10 within one
    ("replicated", I8),  # 1: each node walks page tables of its own (numapte)
    ("latency", I8, (5,)),  # cycles to load from L1, L2, L3, memory (1-4)
    ("uncached", I8),  # 1: walks read PTEs from memory, past all caches
    ("bulk", I8, (5,)),  # cycles a line in a page copy, misses overlapping
    ("walkers", I8),  # page walks in flight at a time, of loads that depend on no other
    ("loads", I8),  # such loads in flight
    ("page_fence", I8),  # what the kernel's instruction for one page reaches (`paging/fences.py`)
    ("adversary", I8),  # 1: TLBs do all that the architecture allows
    ("late_fill", I8),  # 1: walks in flight outlast fences, a mistake
    ("late_accessed", I8),  # 1: they set A when they end, comparing nothing: a mistake
    ("l3", CACHE_L3),
    # decoded instructions, a page in each slot
    ("decoded", I8, (DECODED_PAGES,)),  # the frame that they are of + 1, 0 for none
    ("decodings", I8, (DECODED_FRAMES,)),  # how many slots hold frames of this number modulo DECODED_FRAMES
    ("code", I8, (DECODED_PAGES * INSTRUCTIONS_PER_PAGE,)),
    ("loaded", I8, (64,)),  # while a page is decoded: when each register's value last came of a load
)

TURNS = record(
    # the busy harts in order of number, and how far they may run before the others follow
    ("busy", I8),
    ("order", I8, (MAX_HARTS,)),
    ("turn", I8),  # the hart whose turn it is, -1 for none
    ("left", I8),  # instructions that are left of it
    ("horizon", I8),
    ("skew", I8),
    ("last", I8),  # the hart that ran last
    ("host_runs", I8),  # cycles of each period that a host lets a hart run
    ("host_period", I8),  # 0: always
    ("wake_at", I8),  # the cycle at which the first sleeping thread is due
    # a schedule in the place of time: `chance` for a seeded one, or steps of (hart, instructions)
    ("schedule", I8),  # `Schedule`
    ("chance", I8),  # the last random number
    ("step", I8),
    ("steps", I8),
    ("step_hart", I4, (PLAN,)),
    ("step_length", I4, (PLAN,)),
)
