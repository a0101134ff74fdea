"""The names of faults, accesses, counters, costs, prices, events. One table each; enums, docs and `--stats` follow.

Counters and costs are promised to programs (`#? cow.copies == 1`) and to users: rows may be added, meanings stay.
"""

from enum import IntEnum
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One name and what it stands for."""

    name: str
    meaning: str


def _enum(title: str, rows: tuple[Row, ...]) -> Any:
    """Return an IntEnum over `rows`: `tlb.l1d.misses` becomes `TLB_L1D_MISSES`, its value its place in the table."""
    return IntEnum(title, {row.name.upper().replace(".", "_"): place for place, row in enumerate(rows)})


class Access(IntEnum):
    """Why the hart asks for a translation. An atomic is checked as a store, LR as a load (F17)."""

    FETCH = 0
    LOAD = 1
    STORE = 2
    AMO = 3
    LR = 4


class Privilege(IntEnum):
    """The mode an access is made in."""

    USER = 0
    SUPERVISOR = 1


class Fault(IntEnum):
    """Why an access was refused. The value is stable; what counts it is in `FAULTS`."""

    NONE = 0
    NON_CANONICAL = 1
    NOT_PRESENT = 2
    RESERVED = 3
    POINTER_AT_LEAF_LEVEL = 4
    MISALIGNED_SUPERPAGE = 5
    PRIVILEGE = 6
    READ_PROTECTED = 7
    WRITE_PROTECTED = 8
    NO_EXECUTE = 9
    NOT_ACCESSED = 10
    NOT_DIRTY = 11
    ACCESS = 12
    MISALIGNED = 13
    NESTED = 14


class FaultRow(NamedTuple):
    """One fault: the counter it adds to, what it means, the rule that says so."""

    counter: str
    meaning: str
    rule: str


FAULTS: dict[Fault, FaultRow] = {
    Fault.NON_CANONICAL: FaultRow("fault.not_present", "the upper address bits are not a copy of the top bit", "F10"),
    Fault.NOT_PRESENT: FaultRow("fault.not_present", "no valid translation", "F12"),
    Fault.RESERVED: FaultRow("fault.not_present", "a PTE with a reserved encoding", "F12, F13"),
    Fault.POINTER_AT_LEAF_LEVEL: FaultRow("fault.not_present", "a pointer where only a leaf may stand", "F14"),
    Fault.MISALIGNED_SUPERPAGE: FaultRow("fault.not_present", "a superpage whose frame is not aligned to it", "F14"),
    Fault.PRIVILEGE: FaultRow("fault.privilege", "a page of the other privilege mode", "F15, F16"),
    Fault.READ_PROTECTED: FaultRow("fault.privilege", "a read of a page that may not be read", "F15"),
    Fault.WRITE_PROTECTED: FaultRow("fault.write_protected", "a write to a read-only page", "F15"),
    Fault.NO_EXECUTE: FaultRow("fault.no_execute", "a fetch from a page that holds no code", "F15"),
    Fault.NOT_ACCESSED: FaultRow("fault.privilege", "A is clear and the hardware does not set it", "F18"),
    Fault.NOT_DIRTY: FaultRow("fault.write_protected", "D is clear and the hardware does not set it", "F18"),
    Fault.ACCESS: FaultRow("fault.not_present", "a physical address outside memory", "F11"),
    Fault.NESTED: FaultRow("fault.not_present", "a guest physical address that the host's tables refuse", "F24"),
    Fault.MISALIGNED: FaultRow("fault.total", "an address that this access must have aligned", "F50"),
}

COUNTERS = (
    Row("instructions", "instructions retired; a restarted store counts once"),
    Row("cycles", "cycles, the sum of all costs"),
    Row("loads", "data reads retired"),
    Row("stores", "data writes retired; an atomic counts as one store"),
    Row("tlb.l1i.accesses", "fetch look-ups: one per cache line entered, not one per instruction"),
    Row("tlb.l1i.misses", "fetch look-ups that missed the first-level TLB"),
    Row("tlb.l1d.accesses", "data look-ups, refused ones included"),
    Row("tlb.l1d.misses", "data look-ups that missed the first-level TLB"),
    Row("tlb.l2.accesses", "look-ups in the second-level TLB"),
    Row("tlb.l2.misses", "look-ups that missed the second-level TLB too"),
    Row(
        "tlb.l2.back_invalidations",
        "entries that left the first level because an inclusive second level gave them up",
    ),
    Row("walk.count", "page-table walks"),
    Row("walk.references", "PTEs that walks read"),
    Row("walk.cache_hits", "PTE reads that a walk cache saved"),
    Row("cache.l1i.hits", "fetched lines found in L1i"),
    Row("cache.l1i.misses", "fetched lines not found in L1i"),
    Row("cache.l1d.hits", "lines found in L1d, by data accesses, walks and page copies"),
    Row("cache.l1d.misses", "lines not found in L1d"),
    Row("cache.l2.hits", "lines found in L2 after a miss in L1"),
    Row("cache.l2.misses", "lines not found in L2"),
    Row("cache.l3.hits", "lines found in L3 after a miss in L2"),
    Row("cache.l3.misses", "lines that came from memory"),
    Row("fault.total", "traps that translation raised"),
    Row("fault.not_present", "traps for want of a valid translation"),
    Row("fault.write_protected", "traps of writes to read-only pages"),
    Row("fault.no_execute", "traps of fetches from pages that hold no code"),
    Row("fault.privilege", "traps of accesses that the page does not grant this mode"),
    Row("fault.spurious", "traps whose PTE granted the access by the time the kernel looked"),
    Row("fault.fatal", "traps that ended in a signal"),
    Row("cow.copies", "write faults resolved by copying the page"),
    Row("cow.reuses", "write faults resolved by making a sole owner's page writable"),
    Row("zero.maps", "reads mapped to the one page of zeros"),
    Row("zero.fills", "frames handed out filled with zeros"),
    Row("file.maps", "reads of private mappings of files, mapped to the frame that all share"),
    Row("file.fills", "frames handed out filled with a page of a file, for one process alone"),
    Row("file.reads", "pages of files read into frames that all share who map them, or written there"),
    Row("fault.major", "faults that waited for the swap device"),
    Row("swap.in", "pages read from the swap device"),
    Row("swap.out", "pages written to it"),
    Row("swap.clean", "pages taken away that it had as they were: not written again"),
    Row("reclaim.pages", "pages taken away for want of frames, or because a program asked for that"),
    Row("reclaim.second_chances", "pages that CLOCK found accessed: A cleared, left for its next round"),
    Row("reclaim.file", "pages of programs' files taken away, which are never written"),
    Row("reclaim.lazy", "pages dropped that MADV_FREE had given up, not written to since"),
    Row("ksm.merged", "pages that became one with an equal page (`ksm`)"),
    Row("ksm.broken", "copies that a write to such a page made"),
    Row("mremap.moved_pages", "pages that mremap moved to other addresses, nothing copied"),
    Row("huge.faults", "faults that mapped a huge page of 2 MiB, its own or that of zeros"),
    Row("huge.zero_maps", "those of them that mapped the huge page of zeros"),
    Row("huge.fallbacks", "faults for which small pages had to do: no 512 free frames in a row, aligned"),
    Row("huge.copies", "huge pages copied whole, by a write fault or at fork"),
    Row("huge.splits", "huge pages that became 512 small ones in an address space"),
    Row("huge.collapses", "huge pages made of small ones (MADV_COLLAPSE)"),
    Row("fork.count", "forks"),
    Row("fork.eager_copies", "pages copied at fork"),
    Row("fork.write_protected", "PTEs that fork made read-only"),
    Row("fork.tables_shared", "last-level page tables that a child was given a share of (`shared-tables`)"),
    Row("fork.tables_copied", "those that were copied later, for one who shared them had to change something"),
    Row("flush.page", "invalidations of one page"),
    Row("flush.asid", "invalidations of one address space"),
    Row("flush.all", "invalidations of everything"),
    Row("flush.dropped", "TLB entries that invalidations dropped"),
    Row("flush.induced_misses", "later misses on entries that an invalidation had dropped"),
    Row("flush.induced_cycles", "cycles of the walks that those misses took"),
    Row("shootdown.count", "invalidations that needed other harts"),
    Row("shootdown.ipis", "interrupts sent to other harts"),
    Row("shootdown.wait_cycles", "cycles that senders waited"),
    Row("shootdown.deferred_cycles", "cycles spent on what postponed invalidations had put off"),
    Row("stale.uses", "accesses through a TLB entry that grants what its PTE no longer grants, its flush being over"),
    Row("stale.window_uses", "the same while the flush was still under way: allowed, the page is not yet given away"),
    Row("frames.in_use", "physical frames in use at the end"),
    Row("frames.peak", "the most frames in use at any time"),
    Row("frames.allocated", "frames handed out"),
    Row("frames.freed", "frames given back"),
    Row("frames.leaked", "frames in use after the last exit, or where the run stopped, less those in use at boot"),
    Row("syscall.total", "system calls"),
    Row("syscall.unknown", "system calls with an unknown number"),
    Row("signal.delivered", "handlers of signals that began"),
    Row("context_switches", "switches from one thread to another"),
    Row("migrations", "switches to a thread that ran on another hart before"),
)

COSTS = (
    Row("base", "one instruction each, plus the extra cycles of multiply and divide"),
    Row("load_use", "waiting for L1d on each load"),
    Row("cache.l1i", "fetch waiting for a line that L1i did not hold"),
    Row("cache.l2", "data accesses waiting for L2"),
    Row("cache.l3", "data accesses waiting for L3"),
    Row("cache.dram", "data accesses waiting for memory"),
    Row("tlb.l2", "translations found in the second-level TLB"),
    Row("walk", "page-table walks, PTE reads and A/D updates"),
    Row("trap.entry", "entering the kernel, by a fault or a system call"),
    Row("trap.return", "returning from it"),
    Row("kernel.fault", "finding the region and deciding what the fault is"),
    Row("kernel.alloc", "taking and giving back frames"),
    Row("kernel.copy", "copying pages, through the caches"),
    Row("kernel.clear", "filling pages with zeros, through the caches"),
    Row("kernel.pte", "reading and writing PTEs"),
    Row("kernel.syscall", "the work of system calls not named elsewhere"),
    Row("kernel.switch", "switching threads"),
    Row("kernel.signal", "letting handlers of signals begin, and returning from them"),
    Row("swap", "waiting for the swap device"),
    Row("kernel.lock", "waiting for another hart that changes the same address space"),
    Row("flush.local", "invalidating this hart's TLB entries"),
    Row("shootdown.send", "sending interrupts to other harts"),
    Row("shootdown.wait", "waiting until they have answered"),
    Row("shootdown.serve", "answering, and dropping what was postponed"),
    Row("host", "away: a host runs something else on the hart's processor, or flushes for it"),
    Row("idle", "nothing to run"),
)

PRICES = (
    Row("base", "one instruction"),
    Row("multiply", "a multiplication, beyond `base`"),
    Row("divide", "a division, beyond `base`"),
    Row("tlb_l2", "a translation found in the second-level TLB"),
    Row("walk_start", "starting a walk, beyond its PTE reads"),
    Row("ad_update", "setting A or D in a PTE"),
    Row("trap_entry", "entering the kernel on a fault"),
    Row("trap_return", "returning from one"),
    Row("call_entry", "entering the kernel by a system call"),
    Row("call_return", "returning from one"),
    Row("fault", "finding the region and deciding what a fault is"),
    Row("alloc", "taking a frame"),
    Row("free", "giving back a frame"),
    Row("pte", "reading or writing one PTE in the kernel"),
    Row("pte_fork", "copying one PTE at fork, its frame's count included"),
    Row("pte_drop", "clearing one PTE at unmap, its frame's count included"),
    Row("syscall", "the work of a system call not named elsewhere"),
    Row("process", "creating or ending a process: the work not named elsewhere"),
    Row("switch", "switching threads"),
    Row("signal_deliver", "letting a signal's handler begin, beyond writing its frame"),
    Row("signal_return", "going on after a handler, beyond the system call and reading its frame"),
    Row("flush_page", "invalidating one page"),
    Row("flush_asid", "invalidating one address space"),
    Row("flush_all", "invalidating everything"),
    Row("pti_flush_page", "with `pti`: invalidating one page in the user's page table, too"),
    Row("pti_switch", "with `pti`: changing page tables on the way into the kernel or back"),
    Row("ipi_send", "sending an interrupt to one hart"),
    Row("ipi_deliver", "from sending an interrupt until the hart takes it"),
    Row("ipi_serve", "taking an interrupt and returning from it, beyond the invalidation it asks for"),
    Row("ipi_ack", "from an answer until the sender sees it"),
    Row("broadcast", "one broadcast invalidation instruction (TLBI IS, INVLPGB)"),
    Row("broadcast_sync", "waiting until all harts have carried out broadcasts (DSB, TLBSYNC)"),
    Row("broadcast_hart", "how much longer that is for each other hart"),
    Row("directory", "one hart's entry invalidated through a TLB directory"),
    Row("directory_sync", "waiting until the TLBs that a directory told have dropped their entries"),
    Row("sinval_page", "invalidating one page of a batch (Svinval)"),
    Row("sinval_order", "ordering it behind what came before, or what comes after behind it"),
    Row("rar_send", "requesting that one hart drop something by itself (RAR)"),
    Row("rar_deliver", "from sending a request until the hart takes it"),
    Row("rar_serve", "taking a request, beyond the invalidation it asks for"),
    Row("enqueue", "queueing an invalidation that is postponed"),
    Row("sweep", "looking through the postponed invalidations at a tick or switch"),
    Row("swap_read", "reading one page from the swap device, its latency"),
    Row("swap_write", "writing one page to it, one of many in flight"),
)

EVENTS = (
    Row("copy", "a write to a shared private page: copied"),
    Row("reuse", "a write to a private page with one owner left: made writable"),
    Row("zero_map", "a read of an untouched page: mapped to the page of zeros"),
    Row("zero_fill", "a write to an untouched page: a frame of zeros"),
    Row("share", "an access to a page of a shared mapping: mapped as it is"),
    Row("upgrade", "the page is there; the PTE now grants what the region does"),
    Row("spurious", "the PTE granted the access already: flushed and returned"),
    Row("refused", "the region does not grant the access: a signal"),
    Row("out_of_memory", "no frame was free: a signal"),
    Row("fork", "a process was forked"),
    Row("exec", "a process started a program"),
    Row("exit", "a process ended; `value` is its exit status"),
    Row("signal", "a signal ended a process; `pages` is its number"),
    Row("syscall", "a system call"),
    Row("file_map", "a read of a private page of a file, untouched or dropped: mapped to the frame that all share"),
    Row("file_fill", "a write to such a page, or no frame to share: a frame with the file's bytes"),
    Row("wait", "a system call has to wait: its thread leaves the hart; `syscall` follows when it is over"),
    Row("thread_exit", "a thread ended and its process goes on; `value` is its status"),
    Row("switch", "a hart took up a thread, idle until then if there was none"),
    Row("exec_failed", "a first program did not fit into memory"),
    Row("sweep", "a hart's tick: what was postponed was dropped (latr)"),
    Row("huge_map", "a read of 2 MiB that nobody has touched: mapped to the huge page of zeros"),
    Row("huge_fill", "an access to 2 MiB that nobody has written to: a huge page of zeros of its own"),
    Row("huge_share", "an access to a huge page of a shared mapping: mapped as it is"),
    Row("huge_copy", "a write to a shared huge page (MAP_HUGETLB): copied whole"),
    Row("huge_reuse", "a write to a huge page with one owner left: made writable whole"),
    Row("handler", "a signal is delivered: its handler begins; `pages` is the signal, `value` the handler"),
    Row("swap_in", "an access to a page that was swapped out: read from the device into a frame"),
    Row("swap_map", "the same, and the page is in a frame already: mapped"),
    Row("merge", "a scan found equal pages and made them one (`ksm`); `value` is how many went"),
    Row("move", "mremap moved `pages` pages from `va` to `value`"),
    Row("forced", "a debugger wrote `pages` bytes at `va`, where the process may not write, too"),
)

Counter = _enum("Counter", COUNTERS)
Cost = _enum("Cost", COSTS)
Price = _enum("Price", PRICES)
Event = _enum("Event", EVENTS)


class Trap(IntEnum):
    """Why the hart stopped retiring instructions."""

    NONE = 0  # the instruction or cycle limit was reached
    FAULT = 1  # a translation was refused: see `hart.fault`
    SYSCALL = 2
    BREAKPOINT = 3
    ILLEGAL = 4
    MISALIGNED_FETCH = 5


class Reason(IntEnum):
    """Why a run that is being controlled has stopped between two instructions."""

    NONE = 0
    BREAKPOINT = 1
    EVENT = 2
    WATCH = 3
    STEP = 4
    STALE = 5


class Found(IntEnum):
    """Where a translation was found."""

    NOWHERE = 0
    L1 = 1
    L2 = 2
    WALK = 3


CAUSES = {
    Access.FETCH: (12, 1, 0, 20),
    Access.LOAD: (13, 5, 4, 21),
    Access.STORE: (15, 7, 6, 23),
    Access.AMO: (15, 7, 6, 23),
    Access.LR: (13, 5, 4, 21),
}


def cause_of(fault: Fault, access: Access) -> int:
    """Return the RISC-V exception code: page, access or guest-page fault, or misaligned, by the access (F17, F24)."""
    page_fault, access_fault, misaligned, guest_page_fault = CAUSES[access]
    others = {Fault.ACCESS: access_fault, Fault.MISALIGNED: misaligned, Fault.NESTED: guest_page_fault}
    return others.get(fault, page_fault)
