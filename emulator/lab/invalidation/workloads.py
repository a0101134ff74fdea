"""The workloads of the experiment.

A case's harts are those that run the program's threads: one that acts, the others use the same pages (sharers). In the
last five all of them act at once, each on pages of its own.
"""

from typing import Any

from emulator.base.call_names import CALL_NUMBERS
from emulator.lab.invalidation.for_validation import FOR_VALIDATION
from emulator.lab.invalidation.machines import (
    FLUSHING,
    FORKING,
    FOUR_NODES,
    LITTLE_MEMORY,
    TELLING,
    TOGETHER,
    TWO_GUESTS,
)
from emulator.lab.invalidation.workload import BEFORE, REUSED, Workload, alone, forking, sharers

MUNMAP, MPROTECT = CALL_NUMBERS["munmap"], CALL_NUMBERS["mprotect"]
REST = 256  # other pages in use beside the range, as in `lab flush`
RANGES = (1, 8, 33, 34, 512, 4096)
SHARERS = (1, 2, 4, 16, 64)
ROUNDS = 8
PRIVATE, SHARED = 0, 1  # of `tlb_flush`

# What the three have in common that will-it-scale calls tlb_flush: all threads do it at once, each with its own pages.
WILL_IT_SCALE: dict[str, Any] = {
    "strategies": FLUSHING,
    "harts": (1, 4, 16, 36),
    "everywhere": True,
    "times": lambda pages, harts: pages * harts,
    "overrides": TOGETHER,
}

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
        arguments=sharers(ROUNDS),
        answers="what does an allocator pay that gives memory back and takes it again (madvise, touch)?",
        strategies=(*TELLING, "ceiling:33+abis"),
        rounds=ROUNDS,
    ),
    Workload(
        name="discard-preempted",
        program="discard",
        arguments=sharers(ROUNDS),
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
        arguments=sharers(),
        answers="what does the first write after a fork cost while other threads run?",
        strategies=("ceiling:33", "ceiling:33+concurrent", "ceiling:33+cow-local", "ceiling:33+broadcast", "full"),
        pages=(1, 8, 32),
    ),
    Workload(
        name="fork",
        program="fork",
        arguments=forking,
        answers="how long does fork hold up the thread that calls it?",
        strategies=FORKING,
        pages=(8, 64, 512),
    ),
    Workload(
        name="fork-and-write",
        program="fork",
        arguments=forking,
        answers="and what do all threads pay until each has written its pages again?",
        strategies=FORKING,
        pages=(8, 64, 512),
        marks=(BEFORE, REUSED),
        everywhere=True,
    ),
    Workload(
        name="pingpong",
        program="pingpong",
        arguments=alone(ROUNDS),
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
        arguments=alone(ROUNDS),
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
        arguments=alone(ROUNDS),
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
        arguments=sharers(),
        answers="what does taking pages back one by one cost, and batching save?",
        strategies=("ceiling:33", "ceiling:33+gather:1", "ceiling:33+batch", "ceiling:33+batch+concurrent"),
    ),
    Workload(
        name="recycle",
        program="recycle",
        arguments=sharers(ROUNDS),
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
        arguments=sharers(ROUNDS),
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
        arguments=sharers(ROUNDS),
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
        arguments=sharers(1),
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
BY_NAME = {workload.name: workload for workload in (*WORKLOADS, *FOR_VALIDATION)}
