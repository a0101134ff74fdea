"""What is measured of a case: the columns of tables and files, in order. Cycles are of the initiator unless said."""

from emulator.base.names import COSTS
from emulator.lab.store import Column

KEY = (
    Column("workload", str, "what is done"),
    Column("strategy", str, "how TLB entries are invalidated"),
    Column("pages", int, "on how many pages"),
    Column("harts", int, "by and beside how many threads, a hart each"),
    Column("profile", str, "on a machine of which costs"),
    Column("seed", int, "of every random choice"),
    Column("set", str, "values of the profile that were changed"),
)
MEASURED = (
    Column("rounds", int, "how often it was done: everything below is of all rounds together"),
    Column("cycles", int, "from before it until after it, all of it"),
    Column(
        "invalidations",
        int,
        "that it made in this time; any hart, in fork-and-write, migrate, recycle and the last five",
    ),
    Column("direct", int, "cycles of invalidating the own TLBs and of telling other harts"),
    Column("wait", int, "cycles of waiting for other harts"),
    Column("stolen", int, "cycles that other harts spent on answering"),
    Column("deferred", int, "cycles, beyond those above, of whoever does later what it put off: frames given back"),
    Column("ipis", int, "interrupts sent to other harts"),
    Column("dropped", int, "TLB entries that were dropped, on all harts"),
    Column("induced_misses", int, "later misses on dropped entries, on all harts"),
    Column("induced_cycles", int, "cycles of the walks of those misses"),
    Column("window", int, "the longest time from a PTE's change until no TLB knew it as it was"),
    Column("walks", int, "page-table walks"),
    Column("references", int, "entries of page tables that these read"),
    Column("tlb_misses", int, "look-ups that the first-level data TLB missed"),
    Column("l1d_hits", int, "lines that the first-level data cache had, for data and for walks"),
    Column("l1d_misses", int, "lines that it had not"),
    Column("reuse", int, "cycles of using everything again afterwards, where the workload does"),
    Column("instructions", int, "that all harts retired in this time"),
    Column("misses_per_1000", float, "misses of the second-level TLBs of all harts, per thousand of these"),
    Column("flushes_per_1000", float, "invalidations that harts carried out, of a page or more, per thousand of these"),
    Column("all.cycles", int, "of all harts together, from before it until after it"),
    Column("all.flushing", int, "of these, for invalidating: own TLBs, telling others, waiting for answers, answering"),
    Column("all.locks", int, "of these, for waiting, for locks of the address space above all"),
)
FLUSHING = ("flush.local", "shootdown.send", "shootdown.wait", "shootdown.serve")  # costs
LOCKS = ("kernel.lock",)
BY_COST = tuple(Column(f"cost.{row.name}", int, row.meaning) for row in COSTS)
COLUMNS = (*KEY, *MEASURED, *BY_COST)
