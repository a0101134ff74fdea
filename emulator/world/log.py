"""The records of the event log: what happened, who paid what for it."""

from emulator.base.names import Cost
from emulator.base.record import I2, I4, I8, record
from emulator.world.column import Column

EVENT_CAPACITY = 4096
MAX_SHARERS = 8

EVENT_FIELDS = (
    Column("kind", I2, "what happened: `Event`, one of the kinds above"),
    Column("cycle", I8, "the hart's clock: when a fault, fork or sweep began, when any other event was over"),
    Column("hart", I2, "the hart that it happened on"),
    Column("pid", I4, "the process that it happened to"),
    Column("tid", I4, "its thread; the first one of a process has the number of the process"),
    Column("image", I2, "the program that the process runs: an index into `result.images`"),
    Column("pc", I8, "the instruction that faulted; in a system call, the one after its ECALL"),
    Column("va", I8, "the address that faulted, or that led to the signal; 0 for none"),
    Column("access", I2, "`Access`: 0 fetch, 1 load, 2 store, 3 atomic, 4 load-reserved"),
    Column("fault", I2, "`Fault`: why the access was refused, 0 for none"),
    Column("found", I2, "`Found`: where the translation was found: 0 nowhere, 1 L1 TLB, 2 L2 TLB, 3 walk"),
    Column("pte_before", I8, "the page's PTE when the kernel looked; 0 for none"),
    Column("pte_after", I8, "the page's PTE when the kernel returned"),
    Column("region_start", I8, "where the region of the address begins"),
    Column("region_end", I8, "the first byte after it; 0: no region holds the address"),
    Column("region_prot", I2, "what the region grants: R, W, X (2, 4, 8)"),
    Column("region_shared", I2, "1: writes are seen by all who share it"),
    Column("region_kind", I2, "`RegionKind`: what the region is for"),
    Column("frame_before", I4, "the frame that was mapped, 0 for none"),
    Column("frame_after", I4, "the frame that is mapped now"),
    Column("owners", I4, "references to the frame that was mapped"),
    Column("sharers", I4, "pids of the processes that map it at this address, 0-filled", (MAX_SHARERS,)),
    Column("pages", I8, "pages invalidated; pages write-protected by a fork; a system call's or signal's number"),
    Column(
        "value",
        I8,
        "a call's result, an exit status, a child's pid, a program's index, a handler, pages that were merged, or that "
        "a process had which ended for want of frames; 1: a huge page was split, or a fault led to SIGBUS",
    ),
    Column("tables", I4, "page tables that a fork has shared, or that a fault has copied, for they were shared"),
    Column("reclaimed", I4, "pages that were taken away since the last event, for want of frames or by madvise"),
    Column("usercopy", I2, "1: the kernel was accessing user memory on the process's behalf (F66)"),
    Column("restart_found", I2, "`Found` of the access when it ran again; 0 if it faulted again"),
    Column("restart_reads", I2, "PTEs that its walk read"),
    Column("arguments", I8, "a0-a5 of a system call; of a handler its signal's code, where its frame is", (6,)),
    Column("invalidation", I8, "the number of the first invalidation since it began"),
    Column("invalidations", I4, "how many came until it was over, those of events within it included"),
    Column("cost", I8, "cycles that it took, by `Cost`, without those of events within it", (len(Cost),)),
)
EVENT = record(*((field.name, field.type, field.shape) for field in EVENT_FIELDS))

LOG = record(
    ("recording", I8),
    ("usercopy", I8),  # 1: the kernel accesses user memory on a process's behalf
    ("cost_before", I8, (len(Cost),)),  # the hart's costs when the event under way began
    ("events", I8),
    ("event", EVENT, (EVENT_CAPACITY,)),
)
