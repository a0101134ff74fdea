"""How often a run misses the TLB, how many PTEs its walks read, and how many accesses are refused."""

from collections.abc import Iterator

from emulator.base.bits import pages_in
from emulator.observe.story import plural
from emulator.paging.modes import MODES
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs


def faults(runs: Runs) -> Iterator[Draft]:
    """Yield how often this run faults."""
    counters, program = runs.result.counters, runs.result.images[0]
    count = counters["fault.total"]
    missed = counters["tlb.l1i.misses"] + counters["tlb.l1d.misses"]
    mapped = sum(pages_in(segment.memory_size) for segment in program.segments) + 1  # and the stack
    yield Draft(
        key="faults",
        text="How many page faults are there in the whole run?",
        right=said(count, "fault"),
        wrong=(
            Wrong("miss-is-fault", said(missed, "fault")),
            Wrong("first-touch", said(count + mapped, "fault")),
            Wrong("mmap-gives", said(0, "fault")),
            Wrong("faults-twice", said(2 * count, "fault")),
        ),
        because=f"The first-level TLBs missed {missed} times, and hardware made {counters['walk.count']} walks of the "
        f"page table; {count} accesses were refused.",
        rule="F12",
    )


def misses(runs: Runs) -> Iterator[Draft]:
    """Yield how often data is looked for in the first-level TLB in vain."""
    counters = runs.result.counters
    count, asked = counters["tlb.l1d.misses"], counters["tlb.l1d.accesses"]
    if not asked:
        return
    yield Draft(
        key="misses",
        text="How often is a translation for data, of the program or of the kernel's accesses for it, not found in the "
        "first-level TLB?",
        right=said(count, "time"),
        wrong=(
            Wrong("no-memory", said(asked, "time")),
            Wrong("miss-is-fault", said(counters["fault.total"], "time")),
            Wrong("read-is-miss", said(counters["walk.references"], "time")),
            Wrong("no-memory", said(asked + counters["tlb.l1i.accesses"], "time")),
        ),
        because=f"It was asked {asked} times, and had the page's entry {asked - count} times.",
        rule="F6",
    )


def reads(runs: Runs) -> Iterator[Draft]:
    """Yield how many PTEs walks read."""
    counters = runs.result.counters
    count, walks = counters["walk.references"], counters["walk.count"]
    saved = counters["walk.cache_hits"]
    levels = MODES[runs.result.settings["paging"]].levels
    yield Draft(
        key="reads",
        text=f"Hardware makes {plural(walks, 'walk')} in the whole run, for instructions and for data. How many PTEs "
        "does it read for them?",
        right=said(count, "PTE"),
        wrong=(
            Wrong("walk-from-root", said(count + saved, "PTE")),
            Wrong("one-read", said(walks, "PTE")),
            Wrong("table-read", said((levels - 1) * walks, "PTE")),
            Wrong("table-read", said((levels + 1) * walks, "PTE")),
        ),
        because=f"The page table has {levels} levels, and a walk reads one PTE at each until it comes to a leaf, or to "
        f"an entry that is not valid. Walk caches, which hold pointers to tables, saved {plural(saved, 'read')}.",
        rule="F14",
    )


def said(count: int, noun: str) -> str:
    """Return `2 faults.`, `None.`"""
    return f"{plural(count, noun)}." if count else "None."
