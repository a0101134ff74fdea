"""The records of the stale-entry checker: the entries that it suspects, and the uses that were mistakes."""

from emulator.base.record import I2, I4, I8, record
from emulator.world.column import Column

SUSPECT_WAYS = 8
SUSPECT_SETS = 1 << 13
SUSPECTS = SUSPECT_SETS * SUSPECT_WAYS  # stale entries that the checker can tell about at a time
STALE_ROWS = 1 << 10  # rows of uses that it keeps

STALE_FIELDS = (
    Column("hart", I2, "the hart whose TLB held the entry"),
    Column("pid", I4, "the process that it ran"),
    Column("image", I2, "its program: an index into `result.images`"),
    Column("pc", I8, "the instruction that used the entry; of a system call, the one after its ECALL"),
    Column("va", I8, "the address that it accessed"),
    Column("access", I2, "`Access`: 0 fetch, 1 load, 2 store, 3 atomic, 4 load-reserved"),
    Column("cycle", I8, "the hart's clock"),
    Column("uses", I8, "how often the entry was used; all else is of the first use"),
    Column("writer_hart", I2, "the hart that changed the PTE, -1 where that is no longer known"),
    Column("writer_image", I2, "the program that it ran"),
    Column("writer_pc", I8, "the instruction that made it do so: a store that faulted, or an ECALL"),
    Column("writer_cycle", I8, "its clock when it did"),
    Column("cause", I2, "`FlushCause`: the kernel's step that changed the PTE"),
    Column("number", I8, "the invalidation that should have covered it, -1 for none"),
    Column("late", I2, "1: that invalidation had yet to reach the hart; 0: it never would"),
    Column("window", I8, "cycles since the PTE was changed; 0 where clocks that run apart say less"),
    Column("frame", I8, "the frame that the entry maps"),
    Column("freed", I2, "1: the frame had been given back; 2: it had been handed out again; 0: neither"),
    Column("pte_before", I8, "what the entry grants, as a PTE"),
    Column("pte_after", I8, "the PTE as it was changed"),
)
STALE_ROW = record(*((field.name, field.type, field.shape) for field in STALE_FIELDS))

SUSPECT = record(
    ("made", I8),  # 1 + how many entries were suspected before it; 0: there is none
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

CHECKER = record(
    ("on", I8),
    ("suspects", I8),  # how many there were
    ("suspect", SUSPECT, (SUSPECTS,)),
    ("rows", I8),
    ("row", STALE_ROW, (STALE_ROWS,)),
)
