"""The workloads of the experiment: what is done to a shared address space while other harts use it.

Each is a program in `programs/lab` that marks (`mark`) what is to be measured: 1 before, 2 after, and 3 after using
everything again. How its arguments follow from pages and harts stands here, with the values that are swept unless
others are asked for.

A case's harts are those that run the program's threads: one that acts, the others use the same pages (sharers). In the
last five all of them act at once, each on pages of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.base.call_names import CALL_NUMBERS
from emulator.paging.modes import running

BEFORE, AFTER, REUSED = 1, 2, 3  # marks
MUNMAP, MPROTECT = CALL_NUMBERS["munmap"], CALL_NUMBERS["mprotect"]
MOST_PAGES, MOST_HARTS = 4096, 128
REST = 256  # other pages in use beside the range, as in `lab flush`
RANGES = (1, 8, 33, 34, 512, 4096)
SHARERS = (1, 2, 4, 16, 64)
ROUNDS = 8
REGIONS = 8
TOGETHER = {"locks": "vma", "skew": "100"}  # Linux from 6.4 on; harts in step, or who comes first to a lock is chance
PRIVATE, SHARED = 0, 1  # of `tlb_flush`
# Four nodes as four sockets of Skylake have them (assumed).
FOUR_NODES = {"numa": "10,21,21,21/21,10,21,21/21,21,10,21/21,21,21,10"}
LITTLE_MEMORY = {"memory": "2MiB"}  # a quarter of it is taken by one round of 128 pages
# A host with half as many processors as harts. Hosts give them for milliseconds (assumed: a tenth of one), and the wait
# for a hart that is away grows with that.
TWO_GUESTS = {"preempted": "340000:340000"}

TELLING = (  # ways to reach the other harts, all of them with the same ceiling
    "ceiling:33",
    "ceiling:33+concurrent",
    "ceiling:33+concurrent+early-ack",
    "ceiling:33+broadcast",
    "ceiling:33+invlpgb",
    "ceiling:33+directory",
    "ceiling:33+rar",
    "full",
)
FLUSHING = ("ceiling:33", "ceiling:33+concurrent", "ceiling:33+broadcast", "ceiling:33+invlpgb", "full")
FORKING = ("ceiling:33", "ceiling:33+fork-regions", "ceiling:33+broadcast", "full")


@dataclass(frozen=True)
class Workload:
    """One experiment: a program, its arguments for a case, the default axes, and the question it answers."""

    name: str
    program: str
    arguments: Callable[[int, int], tuple[int, ...]]  # of pages and harts
    answers: str
    strategies: tuple[str, ...]
    pages: tuple[int, ...] = (1, 8, 32, 128)
    harts: tuple[int, ...] = (1, 2, 4, 16)
    least_pages: int = 1
    least_harts: int = 1
    most_harts: int = MOST_HARTS
    marks: tuple[int, int] = (BEFORE, AFTER)  # what lies between them is measured
    everywhere: bool = False  # the invalidations of all harts are of interest, not the initiator's alone
    rounds: int = 1  # how often that which is measured is done
    goes_on: bool = False  # its program's last argument is for how many cycles it goes on, for what is postponed
    times: Callable[[int, int], int] = lambda pages, harts: 1  # in each round, by all harts together
    overrides: Mapping[str, str] = field(default_factory=dict)

    def harts_of(self, asked: tuple[int, ...]) -> tuple[int, ...]:
        """Return the harts `asked` for, those left out that the workload cannot use; its own number where none is."""
        usable = tuple(harts for harts in asked if self.least_harts <= harts <= self.most_harts)
        return usable or (min(max(asked[0], self.least_harts), self.most_harts),)


def _sharers(*rest: int) -> Callable[[int, int], tuple[int, ...]]:
    """Return arguments that are the pages, the other harts, and then always the same."""
    return lambda pages, harts: (pages, harts - 1, *rest)


# What the three have in common that will-it-scale calls tlb_flush: all threads do it at once, each with its own pages.
WILL_IT_SCALE: dict[str, Any] = {
    "strategies": FLUSHING,
    "harts": (1, 4, 16, 36),
    "everywhere": True,
    "times": lambda pages, harts: pages * harts,
    "overrides": TOGETHER,
}


def _alone(*rest: int) -> Callable[[int, int], tuple[int, ...]]:
    """Return arguments that are the pages, and then always the same."""
    return lambda pages, harts: (pages, *rest)


def _forking(pages: int, harts: int) -> tuple[int, ...]:
    """Return the arguments of `fork`: a region has a page at least."""
    return pages, harts - 1, min(pages, REGIONS)


WORKLOADS = (
    Workload(
        name="munmap",
        program="range",
        goes_on=True,
        arguments=lambda pages, harts: (MUNMAP, pages, harts - 1, REST, 1),
        answers="what does giving pages back cost while other threads use them?",
        strategies=(*TELLING, "ceiling:33+batch", "ceiling:33+latr"),
        pages=RANGES,
        harts=SHARERS,
    ),
    Workload(
        name="mprotect",
        program="range",
        goes_on=True,
        arguments=lambda pages, harts: (MPROTECT, pages, harts - 1, REST, 1),
        answers="what does taking a right away cost, and the misses on what stays?",
        strategies=TELLING,
        pages=RANGES,
        harts=SHARERS,
    ),
    Workload(
        name="discard",
        program="discard",
        arguments=_sharers(ROUNDS),
        answers="what does an allocator pay that gives memory back and takes it again (madvise, touch)?",
        strategies=(*TELLING, "ceiling:33+abis"),
        rounds=ROUNDS,
    ),
    Workload(
        name="discard-preempted",
        program="discard",
        arguments=_sharers(ROUNDS),
        answers="and while a host has taken the processors of half of the harts (`preempted`)?",
        strategies=("ceiling:33", "ceiling:33+concurrent", "ceiling:33+pv-flush", "ceiling:33+broadcast"),
        pages=(1, 32),
        harts=(2, 4, 16),
        least_harts=2,
        rounds=ROUNDS,
        overrides=TWO_GUESTS,
    ),
    Workload(
        name="cow",
        program="cow",
        arguments=_sharers(),
        answers="what does the first write after a fork cost while other threads run?",
        strategies=("ceiling:33", "ceiling:33+concurrent", "ceiling:33+cow-local", "ceiling:33+broadcast", "full"),
        pages=(1, 8, 32),
    ),
    Workload(
        name="fork",
        program="fork",
        arguments=_forking,
        answers="how long does fork hold up the thread that calls it?",
        strategies=FORKING,
        pages=(8, 64, 512),
    ),
    Workload(
        name="fork-and-write",
        program="fork",
        arguments=_forking,
        answers="and what do all threads pay until each has written its pages again?",
        strategies=FORKING,
        pages=(8, 64, 512),
        marks=(BEFORE, REUSED),
        everywhere=True,
    ),
    Workload(
        name="pingpong",
        program="pingpong",
        arguments=_alone(ROUNDS),
        answers="what do two processes that take turns lose at each switch, with ASIDs?",
        strategies=("ceiling:33", "ceiling:33+gen", "full"),
        pages=(0, 16, 64, 256, 512),
        harts=(1,),
        least_pages=0,
        most_harts=1,
        rounds=ROUNDS,
    ),
    Workload(
        name="pingpong-no-asids",
        program="pingpong",
        arguments=_alone(ROUNDS),
        answers="and without ASIDs, when each switch empties the TLBs?",
        strategies=("ceiling:33",),
        pages=(0, 16, 64, 256, 512),
        harts=(1,),
        least_pages=0,
        most_harts=1,
        rounds=ROUNDS,
        overrides={"asid_bits": "0"},
    ),
    Workload(
        name="migrate",
        program="migrate",
        arguments=_alone(ROUNDS),
        answers="what does a thread pay that gives pages back, touches them, and moves to another hart?",
        strategies=("ceiling:33", "ceiling:33+lazy", "ceiling:33+gen", "ceiling:33+gen+lazy"),
        pages=(1, 8, 32, 128),
        harts=(2,),
        least_harts=2,
        most_harts=2,
        rounds=ROUNDS,
        everywhere=True,
    ),
    Workload(
        name="snapshot",
        program="snapshot",
        arguments=lambda pages, harts: (pages, pages),
        answers="what does a store of keys pay to save its state: the fork, and writing on while a child reads?",
        strategies=("ceiling:33", "ceiling:33+cow-local", "ceiling:33+broadcast", "full"),
        pages=(16, 128, 512),
        harts=(2,),
        least_harts=2,
        most_harts=2,
        marks=(BEFORE, REUSED),
    ),
    Workload(
        name="reclaim",
        program="reclaim",
        arguments=_sharers(),
        answers="what does taking pages back one by one cost, and batching save?",
        strategies=("ceiling:33", "ceiling:33+gather:1", "ceiling:33+batch", "ceiling:33+batch+concurrent"),
    ),
    Workload(
        name="recycle",
        program="recycle",
        arguments=_sharers(ROUNDS),
        answers="and of pages that are only read, in so little memory that their frames are soon used again?",
        strategies=("ceiling:33", "ceiling:33+batch", "ceiling:33+luf", "ceiling:33+broadcast"),
        pages=(32, 128),
        harts=(2, 4, 16),
        least_harts=2,
        everywhere=True,
        rounds=ROUNDS,
        overrides=LITTLE_MEMORY,
    ),
    Workload(
        name="pthread_mmap",
        program="pthread_mmap",
        arguments=_sharers(ROUNDS),
        answers="what does mapping, touching and unmapping cost when all threads do it at once, each its own pages?",
        strategies=(*FLUSHING, "ceiling:33+gen+lazy"),
        pages=(1, 32),
        harts=(1, 2, 8, 16),
        everywhere=True,
        rounds=ROUNDS,
        times=lambda pages, harts: harts,
        overrides=TOGETHER,
    ),
    Workload(
        name="arenas",
        program="arenas",
        arguments=_sharers(ROUNDS),
        answers="and discarding and touching, each in 2 MiB of its own, on four NUMA nodes (`numa`)?",
        strategies=(*FLUSHING, "ceiling:33+abis", "ceiling:33+numapte"),
        pages=(1, 32),
        harts=(4, 16),
        least_harts=4,
        everywhere=True,
        rounds=ROUNDS,
        times=lambda pages, harts: harts,
        overrides={**TOGETHER, **FOUR_NODES},
    ),
    Workload(
        name="tlb_flush1",
        program="tlb_flush1",
        arguments=_sharers(1),
        answers="and discarding copied pages of a file one by one, all threads at once (will-it-scale's tlb_flush1)?",
        pages=(16,),
        **WILL_IT_SCALE,
    ),
    Workload(
        name="tlb_flush2",
        program="tlb_flush",
        arguments=lambda pages, harts: (PRIVATE, pages, harts - 1, 1),
        answers="and pages of private memory (tlb_flush2)?",
        pages=(32,),
        **WILL_IT_SCALE,
    ),
    Workload(
        name="tlb_flush3",
        program="tlb_flush",
        arguments=lambda pages, harts: (SHARED, pages, harts - 1, 1),
        answers="and pages of shared memory (tlb_flush3)?",
        pages=(32,),
        **WILL_IT_SCALE,
    ),
)
NAMES = tuple(workload.name for workload in WORKLOADS)

# What only the validation asks for.
FOR_VALIDATION = (
    Workload(
        name="munmap-512-reused",
        program="range",
        goes_on=True,
        arguments=lambda pages, harts: (MUNMAP, pages, harts - 1, 512, 1),
        answers="when does flushing page by page stop to pay, with 512 other pages in use?",
        strategies=("ceiling:4096", "asid"),
    ),
    Workload(
        name="pthread_mmap-one-lock",
        program="pthread_mmap",
        arguments=_sharers(ROUNDS),
        answers="and before Linux 6.4, when faults waited for the lock of the address space, too?",
        strategies=FLUSHING,
        everywhere=True,
        rounds=ROUNDS,
        times=lambda pages, harts: harts,
        overrides={**TOGETHER, "locks": "mmap"},
    ),
    Workload(
        name="pthread_mmap-preempted",
        program="pthread_mmap",
        arguments=_sharers(ROUNDS),
        answers="and while a host has taken the processors of half of the harts?",
        strategies=("ceiling:33", "ceiling:33+pv-flush"),
        harts=(16,),
        everywhere=True,
        rounds=ROUNDS,
        times=lambda pages, harts: harts,
        overrides={**TOGETHER, **TWO_GUESTS},
    ),
    *(
        Workload(
            name=name,
            program="chase",
            arguments=_alone(ROUNDS, apart),
            answers=answers,
            strategies=("ceiling:33",),
            pages=pages,
            harts=(1,),
            most_harts=1,
            rounds=ROUNDS,
        )
        for name, apart, pages, answers in (
            ("chase", 1, (64, 512, 1024, 2048, 4096), "what does a load take whose page is one of so many?"),
            ("chase-16-apart", 16, (4, 5), "and where all of them meet in one set of a first-level TLB?"),
            ("chase-256-apart", 256, (12, 13), "and in one set of a second-level TLB of 256 sets?"),
            ("chase-65536-apart", 65536, (4, 5, 12, 13), "and in one set of a second-level TLB?"),
            ("chase-512-apart", 512, (16, 32, 33), "and where each has a last table of its own?"),
        )
    ),
    *(
        Workload(
            name=f"chase-{mode}",
            program="chase",
            arguments=_alone(ROUNDS, 1),
            answers=f"what does a walk read, in tables as {mode} has them?",
            strategies=("ceiling:33",),
            pages=(4096,),
            harts=(1,),
            most_harts=1,
            rounds=ROUNDS,
            overrides={"paging": mode},
        )
        for mode in running()
    ),
    Workload(
        name="zeros",
        program="zeros",
        arguments=_alone(ROUNDS),
        answers="what does the first cache have of pages that are all one frame of zeros?",
        strategies=("ceiling:33",),
        pages=(1024,),
        harts=(1,),
        most_harts=1,
        rounds=ROUNDS,
    ),
    Workload(
        name="stride-65536-apart",
        program="stride",
        arguments=_alone(ROUNDS, 65536),
        answers="and where no load waits for the one before?",
        strategies=("ceiling:33",),
        pages=(13,),
        harts=(1,),
        most_harts=1,
        rounds=ROUNDS,
    ),
    *(
        Workload(
            name=name,
            program="touch",
            arguments=_alone(stores),
            answers=answers,
            strategies=("ceiling:33",),
            pages=(4096,),
            harts=(1,),
            most_harts=1,
            times=lambda pages, harts: pages,
        )
        for name, stores, answers in (
            ("first-load", 0, "what does the first touch of a page take that a load makes, and finds zeros?"),
            ("first-store", 1, "and a store, for which a frame is cleared?"),
        )
    ),
    Workload(
        name="spawn",
        program="spawn",
        arguments=_alone(),
        answers="what does a process take to begin that shares its parent's memory, as posix_spawn has it?",
        strategies=("ceiling:33",),
        pages=(8, 64, 512),
        harts=(1,),
        most_harts=1,
    ),
)
BY_NAME = {workload.name: workload for workload in (*WORKLOADS, *FOR_VALIDATION)}
