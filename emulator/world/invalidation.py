"""The records of invalidation: what the user chose, the one under way, those postponed, and the ledger of all."""

from emulator.base.record import I2, I4, I8, record
from emulator.config.strategies import STRATEGIES
from emulator.world.column import Column
from emulator.world.hart import MAX_HARTS
from emulator.world.memory import MASK_WORDS

INVALIDATIONS = 1 << 14  # invalidations that later misses can still be told to be induced by
QUEUE = 1 << 14  # postponed ones

POLICY = record(
    ("fork_mode", I8),
    ("locks", I8),  # `Locks`
    *((strategy.field, I8) for strategy in STRATEGIES),  # its number, 1 for one that takes none; 0: not chosen
    ("invlpgb_pages", I8),  # pages that an INVLPGB names at most
    ("global_asids", I8),  # address spaces that may have an ASID that INVLPGB can name
    ("huge", I8),  # `Huge`
    ("oom", I8),  # `Oom`
    ("ksm", I8),  # cycles between two scans for equal pages, 0: none
    ("tick", I8),  # cycles between two ticks of a hart, 0: none is needed
    ("bug", I8),  # `Bug`
)

REQUEST = record(
    # the invalidation under way, and the harts that have been told of it and have not answered
    ("space", I8),
    ("start", I8),
    ("pages", I8),
    ("level", I8),  # the size of these pages
    ("since", I8),  # when a fork that goes on changed its first PTE
    ("tables", I8),  # pointers that were unlinked for it: page tables go with it
    ("split", I8),  # the PTE, as it was, of a huge page that is being split
    ("own", I8),  # the frame of the page table that takes the place of a shared one
    ("by_itself", I8),  # 1: they carry it out without an interrupt
    ("tolds", I8),
    ("told", I8, (MAX_HARTS,)),
)

SHARING = record(
    # what the PTEs of the invalidation that begins next say about who may hold them (abis, numapte)
    ("looked", I8),  # 1: each of them was looked at
    ("anybody", I8),  # 1: another hart than its owner has walked to one of them
    ("owners", I8, (MASK_WORDS,)),
    ("nodes", I8, (1,)),  # those that have a copy of a table that one of them stands in
)

POSTPONED_RANGE = record(
    ("space", I8),  # the address space, by its slot
    ("start", I8),
    ("end", I8),
    ("level", I8),  # the size of the pages that it is dropped by
    ("found", I8),  # how many PTEs stood there
    ("hart", I8),  # the hart that unmapped it
    ("number", I8),  # its row in the ledger
    ("waiting", I8, (MASK_WORDS,)),  # the harts that have still to drop it
)

POSTPONED = record(
    ("queued", I8),
    ("queue", POSTPONED_RANGE, (QUEUE,)),  # in order (latr, batch, luf)
)

INVALIDATION_FIELDS = (
    Column("number", I8, "how many there were before it"),
    Column("cause", I2, "`FlushCause`: the kernel's step that made it necessary"),
    Column("hart", I2, "the hart that it was made on"),
    Column("pid", I4, "the process"),
    Column("pc", I8, "where the hart stood"),
    Column("cycle", I8, "the hart's clock when the first of its PTEs was changed; when it began where none was"),
    Column("va", I8, "the first address of the range; 0 for a whole address space"),
    Column("pages", I8, "the pages of the range; 0: the whole address space"),
    Column("told", I2, "the harts that were told: interrupted, reached by a broadcast, or found in a directory"),
    Column("ipis", I2, "interrupts sent"),
    Column("dropped", I4, "TLB entries that it dropped, on all harts"),
    Column("tables", I2, "page tables, and all below them, that are given back after it"),
    Column("own", I8, "cycles of the hart's own flush"),
    Column("send", I8, "cycles of telling the others"),
    Column("wait", I8, "cycles of waiting for them"),
    Column("stolen", I8, "cycles that it took from the others"),
    Column("deferred", I8, "cycles that any hart spent later on what it put off: frames given back, fruitless sweeps"),
    Column("window", I8, "cycles from `cycle` until the last hart told or waited for had dropped what it names"),
    Column("harts", I8, "the harts that were told, 32 a word, the lowest bit first", (MASK_WORDS,)),
    Column("over", I2, "1: every TLB that it concerns has dropped it; 0: under way, or postponed"),
)
INVALIDATION = record(*((field.name, field.type, field.shape) for field in INVALIDATION_FIELDS))

LEDGER = record(
    ("rows", I8),  # how many invalidations there were
    ("collected", I8),  # how many of them Python has taken out of the ring
    ("under_way", I8),  # the number of the one that entries are dropped for
    ("row", INVALIDATION, (INVALIDATIONS,)),  # by number modulo their number
    ("induced_misses", I8, (INVALIDATIONS,)),  # what each induced later
    ("induced_cycles", I8, (INVALIDATIONS,)),
)
