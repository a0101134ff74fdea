"""The state of the kernel as records: address spaces and their regions, frames, policies, the event buffer."""

from emulator.base.names import Cost
from emulator.base.record import I4, I8, record

MAX_SPACES = 1024
MAX_REGIONS = 256
EVENT_CAPACITY = 4096
MAX_SHARERS = 8

REGION = record(
    ("start", I8),  # virtual addresses, page-aligned; `end` is the first byte after
    ("end", I8),
    ("prot", I8),  # R, W, X as in a PTE: what the region grants
    ("shared", I8),  # 1: writes are seen by all sharers (F60)
    ("object", I8),  # shared anonymous memory: place of the tree that holds its frames, else 0
    ("object_offset", I8),  # where in the object `start` lies
    ("kind", I8),  # `RegionKind`
)

SPACE = record(
    ("users", I8),  # processes that run in it; 0: the slot is free
    ("pid", I8),  # the process it was made for
    ("root", I8),
    ("asid", I8),
    ("asid_generation", I8),
    ("brk_start", I8),
    ("brk", I8),
    ("tables", I8),  # frames that hold its page table
    ("regions", I8),
    ("region", REGION, (MAX_REGIONS,)),  # sorted by address, never overlapping
)

FRAME = record(
    ("refs", I4),  # every reference counts: mappings, page tables, pins (F61)
    ("next", I4),  # the next free frame below this one on the free list
)

EVENT = record(
    ("kind", I8),  # `Event`
    ("cycle", I8),  # the hart's clock when it began
    ("hart", I8),
    ("pid", I8),
    ("image", I8),  # the program that the process runs, an index into `result.images`
    ("pc", I8),
    ("va", I8),  # the faulting address; for other events see `Event`
    ("access", I8),  # `Access`
    ("fault", I8),  # `Fault`
    ("found", I8),  # `Found`: where the translation was found
    ("pte_before", I8),
    ("pte_after", I8),
    ("region_start", I8),
    ("region_end", I8),
    ("region_prot", I8),
    ("region_shared", I8),
    ("region_kind", I8),
    ("frame_before", I8),  # 0: none
    ("frame_after", I8),
    ("owners", I8),  # references to the frame before
    ("sharers", I4, (MAX_SHARERS,)),  # pids of the processes that map it at this address, 0-filled
    ("pages", I8),  # invalidated pages, copied pages; a system call's number; a signal's number
    ("value", I8),  # a system call's result, an exit status, the other process's pid
    ("usercopy", I8),  # 1: the kernel was accessing user memory on the process's behalf (F66)
    ("restart_found", I8),  # `Found`: where the restarted access found its translation
    ("restart_reads", I8),  # PTEs that its walk read
    ("cost", I8, (len(Cost),)),  # cycles booked while it was resolved, by cost
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
    ("asid_next", I8),
    ("asid_generation", I8),
    ("asid_limit", I8),
    # who runs, for the event buffer
    ("pid", I8),
    ("image", I8),
    ("usercopy", I8),
    # address spaces
    ("spaces", I8),  # one more than the highest slot ever used
    ("space", SPACE, (MAX_SPACES,)),
    # events
    ("recording", I8),
    ("events", I8),
    ("event", EVENT, (EVENT_CAPACITY,)),
)
