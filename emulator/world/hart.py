"""The record of one hart: registers, TLBs, caches, accounts.

Arrays have a fixed capacity and a geometry set at run time, so that one compilation serves every machine. Capacity
that a machine does not use is never touched, and so costs no host memory.

The entry of a set of a TLB or cache that was used last stands first: the common hit is one compare and changes nothing.
Under LRU the whole set is kept in *recency order*, with no time stamps: an update is a short shift. Other policies
number the ways (`hardware/replacement`).
"""

from emulator.base.names import Cost, Counter
from emulator.base.record import I4, I8, record
from emulator.config.schema import CACHE_L1_LINES, CACHE_L2_LINES, CACHE_L3_LINES, TLB_L1_ENTRIES, TLB_L2_ENTRIES
from emulator.paging.modes import MODES

MAX_HARTS = 256
MAX_LEVELS = max(mode.levels for mode in MODES.values())
MOST_READS = 2 * (MAX_LEVELS + 1) ** 2  # of a walk in two dimensions: each table may have to be marked, too
NO_LINE = -1  # no line and no page begins at an odd address
NO_PAGE = -1
APART = 33  # this register holds 1 for good: the decoder names it where a load depends on no other
DUMP = 32  # the decoder sends writes to x0 to this register, which nothing reads


def _tlb(capacity):
    """A set-associative TLB: `key` names the page, `word` what it grants; both laid out in `base.bits`."""
    return record(
        ("sets", I8),
        ("set_mask", I8),  # sets - 1, or -1 where the number of sets is no power of two
        ("ways", I8),
        ("policy", I8),  # a row of `POLICIES`
        ("ghosts", I8),  # how many there are, and one more under any policy but LRU: 0 is the plain case
        ("key", I8, (capacity,)),
        ("word", I8, (capacity,)),  # 0 in an empty entry
        ("way", I4, (capacity,)),  # which way of its set an entry is, but under LRU
        ("used", I4, (capacity,)),  # what the policy knows of each way
        ("chance", I8),  # the last number that the policy has drawn
        # beside the sets (`hardware/translation/ghosts.py`)
        ("ghost_key", I8, (capacity,)),
        ("ghost", I8, (capacity,)),
    )


def _cache(capacity):
    """A set-associative, physically tagged cache: line number + 1 of each line held, 0 for none.

    Under SRRIP it is minus that until the first hit.
    """
    return record(
        ("sets", I8),
        ("set_mask", I8),
        ("lru_mask", I8),  # the same, but -1 for any policy but LRU
        ("ways", I8),
        ("policy", I8),
        ("tag", I4, (capacity,)),
        ("way", I4, (capacity,)),
        ("used", I4, (capacity,)),
        ("chance", I8),
    )


TLB_L1 = _tlb(TLB_L1_ENTRIES)
TLB_L2 = _tlb(TLB_L2_ENTRIES)
CACHE_L1 = _cache(CACHE_L1_LINES)
CACHE_L2 = _cache(CACHE_L2_LINES)
CACHE_L3 = _cache(CACHE_L3_LINES)

HOST = record(
    ("roots", I8),  # how many tables in a row are the host's root: 4 in RISC-V's x4 modes; 0: the hart runs no guest
    # what a hart walks by, of the host; of the guest while the host's tables are walked
    ("root", I8),
    ("format", I8),
    ("levels", I8),
    ("reserved", I8),
    ("lifted", I8),
    ("svade", I8),
    ("privilege", I8),
    ("user_access", I8),
    ("exec_read", I8),
    # the walk under way
    ("reads", I8),
    ("place", I8, (MOST_READS,)),
    ("address", I8),  # the guest physical address that was refused last
)

HART = record(
    ("number", I8),
    ("node", I8),  # of NUMA
    ("image", I8),  # the program that it runs: decoded pages of several are kept apart
    ("busy", I8),  # 1: it runs a thread
    # architectural state
    ("regs", I8, (64,)),  # x0-x31, then DUMP and APART
    ("pc", I8),
    ("privilege", I8),
    ("user_access", I8),  # SUM: the supervisor may access user pages
    ("exec_read", I8),  # MXR: executable pages may be read
    ("root", I8),  # where the root table stands in memory
    ("format", I8),  # which of `FORMATS` (paging) its tables have
    ("levels", I8),
    ("asid_bits", I8),
    (
        "reserved",
        I8,
    ),  # the bits of a PTE that mean nothing without an extension that it has not (RISC-V)
    ("lifted", I8),  # protections that are off, as its format numbers them (x86-64: WP, SMEP, NXE)
    ("svade", I8),  # 1: A/D faults (Svade); 0: the walker sets A and D (Svadu)
    ("reservation", I8),  # the word that LR reserved, -1 for none
    ("calling", I8),  # 1: its kernel carries out an ECALL, which `pc` is past
    # what the current mode needs of a TLB word: (word & need) == want, by access type
    ("read_need", I8),
    ("read_want", I8),
    ("write_need", I8),
    ("write_want", I8),
    # TLBs: 4 KiB pages, 2 MiB, 1 GiB; those of 4 KiB pages may hold larger ones, too
    ("itlb", TLB_L1),
    ("itlb_2m", TLB_L1),
    ("itlb_1g", TLB_L1),
    ("dtlb", TLB_L1),
    ("dtlb_2m", TLB_L1),
    ("dtlb_1g", TLB_L1),
    ("stlb", TLB_L2),
    ("stlb_2m", TLB_L2),
    ("stlb_1g", TLB_L2),
    ("itlb_holds", I8),  # bit n: pages of level n are in `itlb`
    ("dtlb_holds", I8),
    ("stlb_holds", I8),
    ("negative", I8),  # 1: they remember PTEs that were not valid
    ("inclusive", I8),  # 1: what the second level gives up leaves the first
    ("plain", I8),  # 1: it is built so that data accesses may take the plain road (`translation/plain.py`)
    ("superpages", I8),  # 1 once any superpage was filled: only then are their TLBs probed
    # walk caches: of pointers at level 1 and above, each built as a TLB is
    ("walk_cache", TLB_L1, (MAX_LEVELS - 1,)),
    ("span_shift", I8, (MAX_LEVELS - 1,)),  # what such a pointer spans, as a power of two
    ("has_walk_caches", I8),
    ("pointers", I8),  # 0: they hold none, and need not be asked
    # caches
    ("l1i", CACHE_L1),
    ("l1d", CACHE_L1),
    ("l2", CACHE_L2),
    # the line that is being fetched
    ("settles", I8),  # 1: to fetch once more from the page or the line fetched from last changes nothing
    ("fetch_line", I8),  # its virtual address, -1 for none
    ("fetch_pa", I8),
    # the last refused translation
    ("fault", I8),
    ("fault_access", I8),
    ("fault_va", I8),
    ("fault_found", I8),  # where the translation was found (`Found`)
    ("fault_word", I8),  # the TLB word it was refused on, 0 for none
    ("passed", I8, (2,)),  # pages whose stale entries the instruction under way may use
    ("suspected", I8),  # 1 once any of its entries was found to be stale
    # a speculative walk: 1 while it is in flight, and what it is going to fill TLBs with (adversary)
    ("flight", I8),
    ("flight_key", I8),
    ("flight_word", I8),
    ("flight_place", I8),  # where it will set A, too late: the place of the PTE, and the PTE; 0 for nowhere
    ("flight_pte", I8),
    ("value", I8),  # the result of an access that took the slow path
    # the last walk
    ("walk_pte", I8),
    ("walk_level", I8),
    ("walk_rights", I8),  # what all PTEs on the way grant together
    ("walk_word", I8),  # what a TLB is to hold of it
    ("walk_reads", I8),
    ("walk_place", I8, (MOST_READS,)),  # where each PTE read stands in memory
    ("host", HOST),
    ("walk_stale", I8),  # 1 + the suspect that is the stale pointer which a walk has begun at, 0 once that is judged
    ("induced", I8),  # 1 + the number of an invalidation when the look-up that is under way found its ghost
    # accounts
    ("clock", I8),  # cycles: the sum of `cost`
    ("count", I8, (len(Counter),)),
    ("cost", I8, (len(Cost),)),
)
