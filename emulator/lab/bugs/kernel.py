"""The wrong kernels (`--set bug=`): what shows each mistake, and what the checker has to say of it.

Each is shown by a program of `programs/stale` on one machine. What the program writes is right on a right kernel under
every schedule, so that the right kernel, the first row, has to run all of them without a stale use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from emulator.base.kernel_names import Mistake

LRU, ADVERSARIAL = TLBS = ("lru", "adversarial")
NONE = "none"
ANY = ("culprit_1", "culprit_2", "culprit_3")


@dataclass(frozen=True)
class Stage:
    """One program with its arguments on one machine."""

    program: str  # a source in `programs/stale`
    arguments: tuple[str, ...] = ()
    harts: int = 2
    flush: str = "ceiling:33"
    overrides: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join((self.program, *self.arguments))


@dataclass(frozen=True)
class Kernel:
    """A kernel that makes one mistake, or NONE: `kinds` are what the checker may call it.

    `culprits` are labels of the instructions that make the kernel do so; there are none where the kind tells all: an
    ASID that is used again is the mistake of a switch, wherever that comes, and A that is written back of hardware.
    """

    bug: str
    stages: tuple[Stage, ...]
    kinds: tuple[Mistake, ...] = (Mistake.NO_FLUSH,)
    culprits: tuple[str, ...] = ()
    tlbs: tuple[str, ...] = TLBS  # with which the mistake can show


DISCARDED = Stage("renewed", ("233",))
REPLACED = Stage("renewed", ("222",))
COPIED = Stage("copied", harts=4, overrides={"quantum": "2000"})  # a turn may end with the fault, before the store
FORKED = Stage("forked")
AWAY = Stage("returns", ("1",))
AWAY_UNTOLD = Stage("returns", ("1",), flush="ceiling:33+gen:4")
IDLE = Stage("returns", ("0",), flush="ceiling:33+lazy")
ONE_HART = Stage("asids", ("6",), harts=1, overrides={"asid_bits": "2"})
TWO_HARTS = Stage("asids", ("4",), overrides={"asid_bits": "2"})
WALKED = Stage("walked", flush="ceiling:33+abis")
UNLINKED = Stage("unlinked", harts=1)
STAGES = (DISCARDED, REPLACED, COPIED, FORKED, AWAY, AWAY_UNTOLD, IDLE, ONE_HART, TWO_HARTS, WALKED, UNLINKED)

LATE = (Mistake.LATE_FLUSH, Mistake.NO_FLUSH)  # a hart that puts off one invalidation may forget the one before
SPECULATION = (ADVERSARIAL,)  # no other TLB begins a walk that nobody has asked for

KERNELS = (
    Kernel(NONE, STAGES),
    Kernel("missing-remote", (DISCARDED,), culprits=ANY),
    Kernel("early-ack", (DISCARDED,), LATE, ANY),
    Kernel("no-wait", (DISCARDED,), LATE, ANY),
    Kernel("free-first", (DISCARDED,), (Mistake.FREED_FIRST,), ("culprit_1",)),
    Kernel("late-fill", (DISCARDED,), culprits=ANY, tlbs=SPECULATION),
    Kernel("cow-no-local", (COPIED,), culprits=("culprit_2",)),
    Kernel("unmarked-discard", (DISCARDED,), culprits=("culprit_1",)),
    Kernel("unmarked-fixed", (REPLACED,), culprits=("culprit_1",)),
    Kernel("rollover-no-flush", (ONE_HART,), (Mistake.ASID_REUSED,)),
    Kernel("lost-holder", (AWAY,), culprits=("culprit_1",)),
    Kernel("install-before-flush", (COPIED,), (Mistake.MADE_FIRST,), ("culprit_2", "culprit_3")),
    Kernel("flush-first", (COPIED,), (Mistake.EARLY_FLUSH,), ("culprit_2", "culprit_3")),
    Kernel("kept-asid-reused", (TWO_HARTS,), (Mistake.ASID_REUSED,)),
    Kernel("first-page-only", (DISCARDED,), culprits=("culprit_1",)),
    Kernel("fork-local-flush", (FORKED,), culprits=("culprit_1",)),
    Kernel("lazy-return-no-flush", (IDLE,), culprits=("culprit_1",)),
    Kernel("gen-return-no-flush", (AWAY_UNTOLD,), culprits=("culprit_1",)),
    Kernel("early-frames", (DISCARDED,), (Mistake.LATE_FLUSH,), ("culprit_1",)),
    Kernel("late-accessed-bit", (WALKED,), (Mistake.WRITTEN_OVER,), tlbs=SPECULATION),
    Kernel("tables-by-page", (UNLINKED,), (Mistake.OLD_POINTER,), ("culprit_1",)),
)
BY_BUG = {kernel.bug: kernel for kernel in KERNELS}
