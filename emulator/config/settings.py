"""What can be said of a machine beside its profile: `--set KEY=VALUE`, for some an option or argument of that name too.

A field of `Choices` is all that is said of a setting: its name, its type, and its row. Options of commands and of `#?
run:` lines, arguments of `Machine` and `Config`, and `docs/settings.md` follow from the rows.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, NamedTuple, ParamSpec, TypeVar

import msgspec

from emulator.base.errors import nearest
from emulator.base.kernel_names import Bug
from emulator.config.distances import Distances, Nodes
from emulator.config.kinds import NONE, PAGE_BYTES, Kind, Pages, Room, Switch, Whole, Word, Words
from emulator.config.limits import LEAST_MEMORY, MOST_MEMORY, MOST_SWAP
from emulator.config.preemption import Preempting, Preemption
from emulator.config.replacement import POLICIES
from emulator.config.strategies import Flush, Joined, help_text
from emulator.paging.modes import MODES, running

P = ParamSpec("P")
T = TypeVar("T")

AS_PROFILE = "profile"
BUGS = {
    Bug.NONE: "no mistake",
    Bug.MISSING_REMOTE: "only the hart's own TLB is flushed",
    Bug.EARLY_ACK: "a hart answers, goes on running, and flushes later",
    Bug.NO_WAIT: "the sender does not wait for the answers",
    Bug.FREE_FIRST: "frames are given back before the flush",
    Bug.LATE_FILL: "a walk begun before the fence fills the TLB after it",
    Bug.COW_NO_LOCAL: "a copy-on-write fault leaves the old entry in the hart's own TLB",
    Bug.UNMARKED_DISCARD: "`madvise(MADV_DONTNEED)` flushes nothing, not even the hart's own TLB",
    Bug.UNMARKED_FIXED: "nor does `mmap` when it replaces a mapping (`MAP_FIXED`)",
    Bug.ROLLOVER_NO_FLUSH: "ASIDs are handed out anew and nobody flushes",
    Bug.LOST_HOLDER: "a hart that leaves an address space is told of its invalidations no more, but keeps its entries",
    Bug.INSTALL_BEFORE_FLUSH: "a fault installs the new PTE before the old translation is flushed",
    Bug.FLUSH_FIRST: "a fault flushes the old translation before its PTE is changed",
    Bug.KEPT_ASID_REUSED: "when ASIDs are handed out anew, so are those that running address spaces keep",
    Bug.FIRST_PAGE_ONLY: "of several pages only the first is flushed",
    Bug.FORK_LOCAL_FLUSH: "fork flushes the TLB of the parent's own hart alone",
    Bug.LAZY_RETURN_NO_FLUSH: "a hart that was not told, idle (`lazy`) or preempted (`pv-flush`), returns unflushed",
    Bug.GEN_RETURN_NO_FLUSH: "nor does one that ran something else (`gen`)",
    Bug.EARLY_FRAMES: "frames of an unmapped range are given back before the last hart has flushed",
    Bug.LATE_ACCESSED_BIT: "a speculative walk sets A when it fills the TLB, over whatever the PTE has become",
    Bug.TABLES_BY_PAGE: "page tables go with fences of the pages alone, which leave RISC-V's pointers to them (F21)",
    Bug.REUSE_BY_MAPS: "a page is re-used where one PTE maps it, although others refer to its frame (F61)",
    Bug.FREED_AT_ONE: "frames are given back when one reference is left",
    Bug.FORK_UNCOUNTED: "fork shares frames and counts no reference",
    Bug.SPLIT_UNCOUNTED: "two regions that were one count as one of their shared memory",
    Bug.TABLES_KEPT: "of the page tables that an address space had only the root is given back",
    Bug.PARENT_WRITABLE: "fork leaves the parent's pages writable (F1)",
    Bug.CHILD_WRITABLE: "fork leaves the child's pages writable (F1)",
    Bug.WIPE_IGNORED: "a child gets what `MADV_WIPEONFORK` says it does not",
    Bug.FORK_FAILS_UNFLUSHED: "a fork that fails flushes nothing (F64)",
    Bug.FORK_FAILS_LEAKING: "a fork that fails gives back nothing (F63)",
    Bug.COW_ANY_REGION: "a write is resolved whatever its region grants (F2)",
    Bug.SHARED_COPIED: "shared mappings are copied on write, too (F60)",
    Bug.SHARED_ZERO: "a read of shared memory that nobody has written to is shown the page of zeros, for itself",
    Bug.SPURIOUS_COPIED: "a write that its PTE grants already is taken for one to a shared page (F42)",
    Bug.ZERO_REUSED: "the page of zeros is made writable for who writes to it (F6)",
    Bug.DIRTY_LOST: "a page that was copied for a write is not dirty",
    Bug.DROPPED_BEFORE_COPY: "a write fault drops the old frame before there is a copy of it (F62)",
    Bug.CLEARED_IN_VAIN: "a write fault clears the PTE before it knows that there is a frame for the copy (F63)",
    Bug.COPIED_NEXT: "a write fault copies the frame after the right one",
    Bug.HALF_COPIED: "copies of pages have their first half alone",
    Bug.UNCLEARED: "a page that nobody has written to shows what its frame held before",
    Bug.FILE_AS_ZEROS: "a page of a program's file that was dropped comes back as zeros (F69)",
    Bug.COPYOUT_IGNORES_W: "system calls write wherever the program may read (F66)",
    Bug.PROTECT_AT_ONCE: "`mprotect` lets pages be written to at once that others hold, too",
    Bug.UNMAP_WHOLE_REGION: "`munmap` of a part unmaps the region that it is part of (F67)",
    Bug.EXEC_LEAKS: "`execve` gives back nothing of the old address space",
    Bug.SWAP_IN_LOSING_D: "a page that came back from swap is taken for clean when it goes again, whatever D says",
    Bug.MOVED_UNFLUSHED: "`mremap` moves pages and flushes nothing of where they were (F120)",
}


class Setting(NamedTuple):
    """One setting: what it is, its default as text, its kind, and what `--help` says of its option, "" for none."""

    meaning: str
    default: str
    kind: Kind
    option: str = ""
    name: str = ""

    def read(self, text: str) -> object:
        """Return what `text` says. Raises ConfigError with the setting, the value and what would be right."""
        return self.kind.read(self.name, text)

    def take(self, value: object) -> object:
        """Return `value`, of the setting's own type, checked: no number is read from a text. Raises as `read`."""
        return self.kind.take(self.name, value)


class Choices(msgspec.Struct, frozen=True):
    """Every setting, by name, as a machine has it: `memory` in bytes."""

    harts: Annotated[
        int,
        Setting(
            "harts (cores), each with TLBs and caches of its own below the third level",
            "1",
            Whole(1, 256),
            "Hardware threads.",
        ),
    ]
    memory: Annotated[
        int,
        Setting(
            "physical memory in whole pages, 1MiB to 64GiB",
            "256MiB",
            Pages(LEAST_MEMORY, MOST_MEMORY),
            "Physical memory, such as 64MiB.",
        ),
    ]
    paging: Annotated[
        str,
        Setting(
            "how page tables are laid out, and how deep",
            "sv39",
            Word(*((name, mode.depth) for name, mode in MODES.items())),
            f"{', '.join(running()[:-1])} or {running()[-1]}.",
        ),
    ]
    seed: Annotated[
        int,
        Setting(
            "where all chance begins: same seed, same cycles",
            "0",
            Whole(0, (1 << 63) - 1),
            "Seed of every random choice.",
        ),
    ]
    placement: Annotated[
        int,
        Setting(
            "which frames are handed out first: 0, the lowest; else a seed that shuffles them",
            "0",
            Whole(0, (1 << 63) - 1),
        ),
    ]
    fork: Annotated[
        str,
        Setting(
            "what fork does with private pages",
            "cow",
            Word(
                ("cow", "share them, copy on write"),
                ("eager", "copy all at once"),
                ("cow-stack", "as cow, but copy the stack's top at once"),
                ("shared-tables", "as cow, but share the last-level page tables, too, until one has to change"),
            ),
            "cow, eager, cow-stack or shared-tables.",
        ),
    ]
    huge: Annotated[
        str,
        Setting(
            "where a fault maps a page of 2 MiB (transparent huge pages)",
            "never",
            Word(
                ("never", "nowhere"),
                ("madvise", "where the program has asked for it: madvise(MADV_HUGEPAGE)"),
                ("always", "where it has not asked for small pages: MADV_NOHUGEPAGE"),
            ),
            "never, madvise or always: pages of 2 MiB.",
        ),
    ]
    swap: Annotated[
        int,
        Setting(
            "what a swap device holds, in whole pages, for pages taken away when no frame is free; none: there is none",
            NONE,
            Room(PAGE_BYTES, MOST_SWAP),
            "A swap device, such as 64MiB; none: without frames processes end.",
        ),
    ]
    oom: Annotated[
        str,
        Setting(
            "whose process ends when a fault finds no frame, and none can be had",
            "self",
            Word(("self", "the one that wants it"), ("largest", "the one that has most, in memory and swapped out")),
        ),
    ]
    ksm: Annotated[
        int,
        Setting(
            "cycles from one scan for equal pages (MADV_MERGEABLE) to the next, at a system call; 0: none",
            "0",
            Whole(0, 10**15),
            "Merge equal pages that programs offer, every so many cycles; 0: never.",
        ),
    ]
    locks: Annotated[
        str,
        Setting(
            "which harts' kernels may work on one address space at a time",
            "space",
            Word(
                ("space", "one hart's; it takes interrupts only where it waits"),
                ("mmap", "one that changes regions, or all that resolve faults and discard; it takes interrupts"),
                ("vma", "the same, but a fault waits for a change of its own region alone"),
            ),
        ),
    ]
    flush: Annotated[
        Flush,
        Setting("invalidation strategies, joined by `+`", "ceiling:33", Joined(), help_text()),
    ]
    ad: Annotated[
        str,
        Setting(
            "who sets a PTE's A and D bits",
            "svadu",
            Word(("svadu", "the walker"), ("svade", "the kernel: a clear one faults")),
            "svadu: hardware sets A and D; svade: a clear one faults.",
        ),
    ]
    extensions: Annotated[
        str,
        Setting(
            "extensions of RISC-V's page tables, joined by `+`",
            NONE,
            Words(
                (NONE, "N and PBMT are reserved"),
                ("svnapot", "N: 16 PTEs, all alike, map 64 KiB"),
                ("svpbmt", "PBMT: a type of memory, which changes no cycle"),
            ),
        ),
    ]
    quantum: Annotated[int, Setting("a thread's turn while others wait, in cycles", "1000000", Whole(1, 10**15))]
    schedule: Annotated[
        str,
        Setting(
            "whose turn it is: `time`, `seed:N` or a file of steps",
            "time",
            Kind(),
            "time, seed:N, or a file of HART INSTRUCTIONS lines: who runs when.",
        ),
    ]
    skew: Annotated[int, Setting("how far harts run apart, in cycles", "1000", Whole(1, 10**9))]
    numa: Annotated[
        Distances,
        Setting(
            "distances of NUMA nodes, a row each (10,21/21,10), or a file of them; a node has the next harts in order",
            "10",
            Nodes(),
        ),
    ]
    preempted: Annotated[
        Preemption,
        Setting(
            "RUN:AWAY: a host lets each hart run for RUN cycles, then runs something else for AWAY; never: it does not",
            "never",
            Preempting(),
        ),
    ]
    tick: Annotated[
        int, Setting("the period of the timer that sweeps what is postponed, in cycles", "3400000", Whole(1, 10**15))
    ]
    pti: Annotated[int, Setting("1: kernel and user have page tables of their own, against Meltdown", "0", Whole(0, 1))]
    asid_bits: Annotated[int, Setting("bits of an ASID; 0: every switch drops all", "12", Whole(0, 12))]
    invlpgb_max: Annotated[
        int, Setting("pages that an INVLPGB names at most; 8 on Zen 3 (CPUID 8000_0008)", "8", Whole(1, 1 << 16))
    ]
    global_asids: Annotated[
        int, Setting("address spaces that INVLPGB can name; Linux: 4,094 less 6 for each CPU", "4088", Whole(0, 4094))
    ]
    tlb: Annotated[
        str,
        Setting(
            "what TLBs keep",
            "lru",
            Word(("lru", "as the profile says"), ("adversarial", "whatever the architecture allows")),
            "lru, or adversarial: all that the architecture allows.",
        ),
    ]
    negative: Annotated[
        int,
        Setting(
            "1: TLBs remember until a fence that a PTE was not valid, as RISC-V allows (F23), and refuse with no walk",
            "0",
            Whole(0, 1),
        ),
    ]
    replacement: Annotated[
        str,
        Setting(
            "which entry of a full set of a TLB or cache gives way to the next",
            AS_PROFILE,
            Word((AS_PROFILE, "as the profile says"), *((policy.name, policy.meaning) for policy in POLICIES)),
        ),
    ]
    check_stale: Annotated[
        int | str,
        Setting(
            "1: uses of stale entries are reported; every: each TLB hit is compared with memory, too",
            "0",
            Switch("every"),
            "Report uses of TLB entries that should be gone; every: compare each hit with memory, too.",
        ),
    ]
    bug: Annotated[
        str,
        Setting(
            "a mistake in the kernel, for checkers and tests to find (wrong-kernels.md)",
            "none",
            Word(*((bug.name.lower().replace("_", "-"), meaning) for bug, meaning in BUGS.items())),
        ),
    ]


SETTINGS: tuple[Setting, ...] = tuple(
    said.__metadata__[0]._replace(name=name) for name, said in Choices.__annotations__.items()
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
ARGUMENTS = tuple(setting for setting in SETTINGS if setting.option)

# What has an option of its own with a value, on the command line and in `#? run:` lines; `--set` takes the others.
MACHINE_OPTIONS = ("profile", *(setting.name for setting in ARGUMENTS if not isinstance(setting.kind, Switch)))


def taking_settings(function: Callable[P, T]) -> Callable[P, T]:
    """Let `function`, which has a `**choices`, take those settings as arguments that have an option, and no others.

    Its signature names them. Raises TypeError for another name.
    """
    signature = inspect.signature(function)
    *own, _ = signature.parameters.values()
    named = [
        inspect.Parameter(row.name, inspect.Parameter.KEYWORD_ONLY, default=row.kind.argument(row.default))
        for row in ARGUMENTS
    ]
    known = [parameter.name for parameter in (*own, *named)]

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        for name in kwargs:
            if name not in known:
                what = f"{function.__qualname__}() got an unexpected keyword argument '{name}'"
                raise TypeError(f"{what}{nearest(name, known)}")
        return function(*args, **kwargs)

    checked.__signature__ = signature.replace(parameters=[*own, *named])  # type: ignore[attr-defined]
    return checked
