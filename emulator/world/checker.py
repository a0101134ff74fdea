"""The records of the stale-entry checker: what walks have read, the entries that it suspects, what uses were mistakes.

A *table* here is a page of memory as walks under one root and ASID have come through it. The same page may be several.
"""

from emulator.base.bits import ASID_LIMIT
from emulator.base.record import I2, I4, I8, record
from emulator.world.column import Column
from emulator.world.hart import MAX_HARTS
from emulator.world.memory import MASK_WORDS, MAX_FRAMES

OFF, ON, EVERY = 0, 1, 2  # EVERY: each hit is compared with memory, too

TABLES = 1 << 16  # that it knows at a time
READ_WORDS = 512 // 32
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
    Column("writer_cycle", I8, "its clock when it did; of a program's own store to a PTE: when its stretch began"),
    Column("kind", I2, "`Mistake`: what was done wrong"),
    Column("place", I8, "where the PTE stands in memory"),
    Column("cause", I2, "`FlushCause` of the invalidation that should have covered it, -1 where there was none"),
    Column("number", I8, "that invalidation, -1 for none"),
    Column("late", I2, "1: the hart had been told of it, and had yet to carry it out; 0: it never would"),
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
    ("level", I8),  # of a pointer in a walk cache; 0: a TLB entry
    ("word", I8),  # the word before
    ("table", I8),  # the frame of the page table that it led to, or that it was found in; 0: the table is its own
    # the change that made it stale
    ("kind", I8),  # `Mistake`: NO_FLUSH, unless the change itself is a mistake, or comes after its flush
    ("place", I8),  # where the PTE stands
    ("pte", I8),  # as it was written
    ("writer", I8),
    ("image", I8),
    ("pc", I8),
    ("cycle", I8),
    ("operation", I8),  # `operation` then
    ("fences", I8),  # those that the hart with the entry had carried out by then
    ("number", I8),  # how many invalidations the ledger had
    ("taken", I8),  # how many frames had been handed out
    ("row", I8),  # 1 + the row that tells of its use, 0 for none
)

TABLE = record(
    ("next", I4),  # 1 + the next table of the same frame, or the next free one; 0 for none
    ("level", I4),  # -1: it is free
    ("frame", I8),
    ("root", I8),
    ("asid_bits", I8),
    ("va", I8),  # what its first entry is for
    ("harts", I8, (MASK_WORDS,)),  # whose walks have come through it
    ("read", I8, (READ_WORDS,)),  # entries that TLB entries may have come from
)

FENCED = record(
    # the last fence of a hart
    ("fences", I8),  # how many there were
    ("operation", I8),
    ("key", I8),
    ("asid_bits", I8),
    ("one_page", I8),
    ("any_asid", I8),
)

CHECKER = record(
    ("on", I8),  # OFF, ON, EVERY
    ("operation", I8),  # how often the kernel has let a program go on, all that it had begun being done
    ("waiting", I8),  # 1: other harts run while the kernel waits for their answers, in the middle of an operation
    ("disagreements", I8),  # hits where suspicion and memory differed (EVERY)
    # tables
    ("tables", I8),  # places of `table` that were ever used
    ("free_table", I8),  # 1 + the one freed last, 0 for none
    ("lost", I8),  # tables that there was no room for
    ("first", I4, (MAX_FRAMES,)),  # by frame: 1 + the first table in it, 0 for none
    ("table", TABLE, (TABLES,)),
    ("entered", I8, (MAX_HARTS * ASID_LIMIT,)),  # by hart and ASID: 1 + the root that the hart entered last
    ("fenced", FENCED, (MAX_HARTS,)),
    # suspects and mistakes
    ("suspects", I8),  # how many there were
    ("suspect", SUSPECT, (SUSPECTS,)),
    ("rows", I8),
    ("row", STALE_ROW, (STALE_ROWS,)),
)
