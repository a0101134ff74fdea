"""Workloads that only the validation asks for."""

from emulator.base.call_names import CALL_NUMBERS
from emulator.lab.invalidation.machines import FLUSHING, TOGETHER, TWO_GUESTS
from emulator.lab.invalidation.workload import Workload, alone, sharers
from emulator.paging.modes import running

MUNMAP, MPROTECT = CALL_NUMBERS["munmap"], CALL_NUMBERS["mprotect"]
REST = 256  # other pages in use beside the range, as in `lab flush`
ROUNDS = 8

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
        arguments=sharers(ROUNDS),
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
        arguments=sharers(ROUNDS),
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
            arguments=alone(ROUNDS, apart),
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
            arguments=alone(ROUNDS, 1),
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
        arguments=alone(ROUNDS),
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
        arguments=alone(ROUNDS, 65536),
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
            arguments=alone(stores),
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
        arguments=alone(),
        answers="what does a process take to begin that shares its parent's memory, as posix_spawn has it?",
        strategies=("ceiling:33",),
        pages=(8, 64, 512),
        harts=(1,),
        most_harts=1,
    ),
)
