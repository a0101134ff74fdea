"""The state of the kernel as records: address spaces and their regions, frames, policies, the event buffer."""

from typing import Any, NamedTuple

from emulator.base.names import Cost
from emulator.base.record import I2, I4, I8, record

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


class EventField(NamedTuple):
    """One field of an event: what users read in `result.events`, and `docs/events.md` lists."""

    name: str
    type: Any
    meaning: str
    shape: tuple[int, ...] = ()


EVENT_FIELDS = (
    EventField("kind", I2, "what happened: `Event`, one of the kinds above"),
    EventField("cycle", I8, "the hart's clock when it began"),
    EventField("hart", I2, "the hart that it happened on"),
    EventField("pid", I4, "the process that it happened to"),
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
    EventField("cost", I4, "cycles booked while the kernel dealt with it, by `Cost`", (len(Cost),)),
)
EVENT = record(*((field.name, field.type, field.shape) for field in EVENT_FIELDS))

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
    ("cost_before", I8, (len(Cost),)),  # the hart's costs when the event under way began
    ("events", I8),
    ("event", EVENT, (EVENT_CAPACITY,)),
)
