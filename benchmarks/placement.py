"""One loop at many places: at every word of a fetch line, and across two pages.

Rounds go through all places in turn, so that a host that is slow for a while is slow for all; of each place's rounds
the fastest counts: what slows a host down comes and goes, and never makes a loop faster.
"""

import time

from benchmarks.works import PROGRAMS
from emulator import Machine
from isa import assemble

PLACES = (*range(16), 1020, 1022)  # words after the beginning of a page; the last two lie across its end
LENGTHS = (4, 16, 64)  # instructions
STRETCH = 1_000_000  # instructions of one measurement
LOOP = """
        .macro  step
        addi    a1, a1, 8
        .endm
        .include "lib/loop.inc"

_start: la      s2, words
        li      s3, 4096
        add     s3, s3, s2
        j       again
        .balign 4096
        .space  {place} * 4
        sum_words {adds}
again:  mv      a1, s2
        j       next

        .bss
        .balign 4096
words:  .space  4096
"""


def rates(length: int, rounds: int = 25) -> dict[int, float]:
    """Return instructions a second of the loop of `length` instructions (4 or more), for each of `PLACES`."""
    machines = {place: _machine(place, length) for place in PLACES}
    best = dict.fromkeys(PLACES, 0.0)
    for _ in range(rounds):
        for place, machine in machines.items():
            began = time.perf_counter()
            machine.run(STRETCH)
            best[place] = max(best[place], STRETCH / (time.perf_counter() - began))
    return best


def _machine(place: int, length: int) -> Machine:
    machine = Machine(memory="16MiB", engine="compiled")
    source = LOOP.format(place=place, adds=length - 3)
    machine.spawn(assemble(source, str(PROGRAMS / "placement.s")))
    machine.run(STRETCH)
    return machine
