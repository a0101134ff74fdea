"""The state of the kernel as records: address spaces and their regions, frames, policies, the event buffer."""

from typing import Any, NamedTuple

from emulator.base.names import Cost
from emulator.base.record import I2, I4, I8, record
from emulator.hardware.state import INVALIDATIONS, MAX_HARTS

MAX_SPACES = 1024
MAX_REGIONS = 65530  # of one address space: Linux, vm.max_map_count
SMALLEST_EXTENT = 16
EXTENT_SIZES = 13  # 16, 32, ... 65,536 regions
POOL = 1 << 20  # regions of all address spaces together
EVENT_CAPACITY = 4096
QUEUE = 1 << 14  # postponed invalidations
MAX_SHARERS = 8
MASK_WORDS = MAX_HARTS // 32
MARK_WAYS = 8
MARK_SETS = 1 << 13
MARKS = MARK_SETS * MARK_WAYS  # stale entries that the checker can tell about at a time
STALE_ROWS = 1 << 10  # rows of uses that it keeps

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
    ("holders", I8, (MASK_WORDS,)),  # the harts whose TLBs may hold entries of it, 32 a word
    ("behind", I8, (MASK_WORDS,)),  # those that missed an invalidation and must flush before they run in it again
    ("busy_until", I8),  # when the hart that changed it last had done so
    ("new_traits", I8),  # those of regions to come (mlockall)
    ("regions", I8),
    ("first_region", I8),  # where they begin in the pool, sorted by address, never overlapping
    ("room", I8),  # how many their extent of the pool holds
)

FRAME = record(
    ("refs", I4),  # every reference counts: mappings, page tables, pins (F61)
    ("next", I4),  # the next free frame below this one on the free list
    ("owner", I4),  # the hart that had it first (abis)
    ("cached", I4),  # of a page of storage: the frame that all its readers share, 0 for none
    ("taken", I8),  # how many frames had been handed out when this one was, last
)


class EventField(NamedTuple):
    """One field of an event: what users read in `result.events`, and `docs/events.md` lists."""

    name: str
    type: Any
    meaning: str
    shape: tuple[int, ...] = ()


EVENT_FIELDS = (
    EventField("kind", I2, "what happened: `Event`, one of the kinds above"),
    EventField("cycle", I8, "the hart's clock: when a fault, fork or sweep began, when any other event was over"),
    EventField("hart", I2, "the hart that it happened on"),
    EventField("pid", I4, "the process that it happened to"),
    EventField("tid", I4, "its thread; the first one of a process has the number of the process"),
    EventField("image", I2, "the program that the process runs: an index into `result.images`"),
    EventField("pc", I8, "the instruction that faulted; in a system call, the one after its ECALL"),
    EventField("va", I8, "the address that faulted, or that led to the signal; 0 for none"),
    EventField("access", I2, "`Access`: 0 fetch, 1 load, 2 store, 3 atomic, 4 load-reserved"),
    EventField("fault", I2, "`Fault`: why the access was refused, 0 for none"),
    EventField("found", I2, "`Found`: where the translation was found: 0 nowhere, 1 L1 TLB, 2 L2 TLB, 3 walk"),
    EventField("pte_before", I8, "the page's PTE when the kernel looked; 0 for none"),
    EventField("pte_after", I8, "the page's PTE when the kernel returned"),
    EventField("region_start", I8, "where the region of the address begins"),
    EventField("region_end", I8, "the first byte after it; 0: no region holds the address"),
    EventField("region_prot", I2, "what the region grants: R, W, X as in a PTE (2, 4, 8)"),
    EventField("region_shared", I2, "1: writes are seen by all who share it"),
    EventField("region_kind", I2, "`RegionKind`: what the region is for"),
    EventField("frame_before", I4, "the frame that was mapped, 0 for none"),
    EventField("frame_after", I4, "the frame that is mapped now"),
    EventField("owners", I4, "references to the frame that was mapped"),
    EventField("sharers", I4, "pids of the processes that map it at this address, 0-filled", (MAX_SHARERS,)),
    EventField("pages", I8, "pages invalidated; pages write-protected by a fork; a system call's or signal's number"),
    EventField("value", I8, "a system call's result, an exit status, the child's pid, the program's index"),
    EventField("usercopy", I2, "1: the kernel was accessing user memory on the process's behalf (F66)"),
    EventField("restart_found", I2, "`Found` of the access when it ran again; 0 if it faulted again"),
    EventField("restart_reads", I2, "PTEs that its walk read"),
    EventField("arguments", I8, "a0-a5 of a system call", (6,)),
    EventField("invalidation", I8, "the number of the first invalidation since it began"),
    EventField("invalidations", I4, "how many came until it was over, those of events within it included"),
    EventField("cost", I8, "cycles that it took, by `Cost`, without those of events within it", (len(Cost),)),
)
EVENT = record(*((field.name, field.type, field.shape) for field in EVENT_FIELDS))

INVALIDATION_FIELDS = (
    EventField("number", I8, "how many there were before it"),
    EventField("cause", I2, "`FlushCause`: the kernel's step that made it necessary"),
    EventField("hart", I2, "the hart that it was made on"),
    EventField("pid", I4, "the process"),
    EventField("pc", I8, "where the hart stood"),
    EventField("cycle", I8, "the hart's clock when it began"),
    EventField("va", I8, "the first address of the range; 0 for a whole address space"),
    EventField("pages", I8, "the pages of the range; 0: the whole address space"),
    EventField("told", I2, "the harts that were told: interrupted, reached by a broadcast, or found in a directory"),
    EventField("ipis", I2, "interrupts sent"),
    EventField("dropped", I4, "TLB entries that it dropped, on all harts"),
    EventField("own", I8, "cycles of the hart's own flush"),
    EventField("send", I8, "cycles of telling the others"),
    EventField("wait", I8, "cycles of waiting for them"),
    EventField("stolen", I8, "cycles that it took from the others"),
    EventField("window", I8, "cycles until the last TLB had dropped what it names"),
    EventField("harts", I8, "the harts that were told, 32 a word, the lowest bit first", (MASK_WORDS,)),
    EventField("over", I2, "1: every TLB that it concerns has dropped it; 0: under way, or postponed"),
)
INVALIDATION = record(*((field.name, field.type, field.shape) for field in INVALIDATION_FIELDS))

STALE_FIELDS = (
    EventField("hart", I2, "the hart whose TLB held the entry"),
    EventField("pid", I4, "the process that it ran"),
    EventField("image", I2, "its program: an index into `result.images`"),
    EventField("pc", I8, "the instruction that used the entry; of a system call, the one after its ECALL"),
    EventField("va", I8, "the address that it accessed"),
    EventField("access", I2, "`Access`: 0 fetch, 1 load, 2 store, 3 atomic, 4 load-reserved"),
    EventField("cycle", I8, "the hart's clock"),
    EventField("uses", I8, "how often the entry was used; all else is of the first use"),
    EventField("writer_hart", I2, "the hart that changed the PTE, -1 where that is no longer known"),
    EventField("writer_image", I2, "the program that it ran"),
    EventField("writer_pc", I8, "the instruction that made it do so: a store that faulted, or an ECALL"),
    EventField("writer_cycle", I8, "its clock when it did"),
    EventField("cause", I2, "`FlushCause`: the kernel's step that changed the PTE"),
    EventField("number", I8, "the invalidation that should have covered it, -1 for none"),
    EventField("late", I2, "1: that invalidation had yet to reach the hart; 0: it never would"),
    EventField("window", I8, "cycles since the PTE was changed; 0 where clocks that run apart say less"),
    EventField("frame", I8, "the frame that the entry maps"),
    EventField("freed", I2, "1: the frame had been given back; 2: it had been handed out again; 0: neither"),
    EventField("pte_before", I8, "what the entry grants, as a PTE"),
    EventField("pte_after", I8, "the PTE as it was changed"),
)
STALE_ROW = record(*((field.name, field.type, field.shape) for field in STALE_FIELDS))

MARK = record(
    ("made", I8),  # 1 + how many marks were made before it; 0: there is none
    ("hart", I8),
    ("key", I8),
    ("word", I8),  # the TLB word before
    ("pte", I8),  # the PTE now
    ("writer", I8),
    ("image", I8),
    ("pc", I8),
    ("cycle", I8),
    ("cause", I8),
    ("number", I8),
    ("taken", I8),  # how many frames had been handed out
    ("row", I8),  # 1 + the row that tells of its use, 0 for none
)

POSTPONED = record(
    ("space", I8),  # the address space, by its slot
    ("start", I8),
    ("end", I8),
    ("found", I8),  # how many PTEs stood there
    ("hart", I8),  # the hart that unmapped it
    ("number", I8),  # its row in the ledger
    ("waiting", I8, (MASK_WORDS,)),  # the harts that have still to drop it
)

KERNEL = record(
    # frames
    ("first_frame", I8),  # frames below were taken at boot and are never freed
    ("next_frame", I8),  # frames from here to `frame_limit` were never used
    ("frame_limit", I8),
    ("free_list", I8),  # the frame freed last, 0 for none
    ("zero_frame", I8),
    ("in_use", I8),
    ("peak", I8),
    ("allocated", I8),
    ("freed", I8),
    # policies
    ("fork_mode", I8),
    ("flush_policy", I8),
    ("flush_ceiling", I8),
    ("transport", I8),  # `Transport`
    ("slots", I8),  # address spaces that a hart keeps entries of, 0 for any number (gen)
    ("lazy", I8),
    ("gather", I8),
    ("batch", I8),
    ("concurrent", I8),
    ("early_ack", I8),
    ("latr", I8),
    ("abis", I8),
    ("upgrade", I8),
    ("cow_local", I8),
    ("fork_regions", I8),
    ("tick", I8),  # cycles between two ticks of a hart, 0: none is needed (latr)
    ("bug", I8),  # `Bug`
    ("asid_next", I8),
    ("asid_generation", I8),
    ("asid_limit", I8),
    ("kept", I8, (MAX_HARTS,)),  # the ASIDs that running spaces have kept from the generation before
    ("kepts", I8),
    # the invalidation under way, and the harts that have been told of it and have not answered
    ("request_space", I8),
    ("request_start", I8),
    ("request_pages", I8),
    ("tolds", I8),
    ("told", I8, (MAX_HARTS,)),
    # what the PTEs of the invalidation that begins next say about who may hold them (abis)
    ("looked", I8),  # 1: each of them was looked at
    ("anybody", I8),  # 1: another hart than its owner has walked to one of them
    ("owners", I8, (MASK_WORDS,)),
    # postponed invalidations, in order (latr, batch)
    ("queued", I8),
    ("queue", POSTPONED, (QUEUE,)),
    ("invalidations", I8),  # how many there were
    ("collected", I8),  # how many of them Python has taken out of the ring
    ("invalidation", INVALIDATION, (INVALIDATIONS,)),
    # the stale-entry checker
    ("check_stale", I8),
    ("marks", I8),
    ("mark", MARK, (MARKS,)),
    ("stales", I8),
    ("stale", STALE_ROW, (STALE_ROWS,)),
    # for the event buffer
    ("usercopy", I8),
    # the hart that `drive` ran last
    ("turn", I8),
    ("wake_at", I8),  # the cycle at which the first sleeping thread is due
    # address spaces
    ("spaces", I8),  # one more than the highest slot ever used
    ("space", SPACE, (MAX_SPACES,)),
    # their regions: extents of the pool, of 16 << i regions
    ("region_top", I8),  # regions from here on were never handed out
    ("free_extent", I8, (EXTENT_SIZES,)),  # by size: 1 + the first region of the extent freed last, 0 for none
    ("region", REGION, (POOL,)),
    # events
    ("recording", I8),
    ("cost_before", I8, (len(Cost),)),  # the hart's costs when the event under way began
    ("events", I8),
    ("event", EVENT, (EVENT_CAPACITY,)),
)
