"""The words of `pagewalk explain` as tables: one row per event, fault, access, signal; `explain` joins them."""

from typing import NamedTuple

from emulator.base.bits import A, D, R, U, V, W, X
from emulator.base.kernel_names import RegionKind
from emulator.base.names import Access, Event, Fault, Found

SEPARATOR = "   "  # between the parts of a title or a line
LABEL_WIDTH = 9  # of the rows of a paragraph, which are indented by 2
HANG = 4  # how far a title or a line that is broken is indented from there on


class Told(NamedTuple):
    """How one outcome of a fault is told."""

    decision: str  # ends the line about the frame; empty where no frame was looked at
    done: str  # what the kernel did; a format string over the event
    style: str  # colour of the paragraph's title


# The outcomes of a fault: an event of one of these kinds is a paragraph.
OUTCOMES: dict[int, Told] = {
    Event.COPY: Told("copy", "{before} -> {after}, 4096 bytes copied; {pte}{flushed}", "yellow"),
    Event.REUSE: Told("re-use", "{before} stays, nothing copied; {pte}{flushed}", "green"),
    Event.ZERO_MAP: Told("map the page of zeros", "{after}, the one page of zeros, mapped; {pte}{flushed}", "cyan"),
    Event.ZERO_FILL: Told("a frame of zeros", "{after} taken and filled with zeros; {pte}{flushed}", "cyan"),
    Event.SHARE: Told("map as it is", "{after} mapped as it is, for all who share it; {pte}{flushed}", "blue"),
    Event.FILE_MAP: Told("map the file's page", "{after}, the page that all share, mapped; {pte}{flushed}", "cyan"),
    Event.FILE_FILL: Told("a frame of the file's bytes", "{after} filled from the file; {pte}{flushed}", "cyan"),
    Event.SWAP_IN: Told("read it from the swap device", "{after} filled from the device; {pte}{flushed}", "yellow"),
    Event.SWAP_MAP: Told("map the page that was read", "{after}, which has the page, mapped; {pte}{flushed}", "cyan"),
    Event.HUGE_MAP: Told(
        "map the huge page of zeros", "2 MiB mapped at once to the huge page of zeros, {after}; {pte}{flushed}", "cyan"
    ),
    Event.HUGE_FILL: Told(
        "a huge page of zeros", "2 MiB mapped at once: 512 frames in a row taken and cleared; {pte}{flushed}", "cyan"
    ),
    Event.HUGE_SHARE: Told("map the huge page as it is", "2 MiB mapped at once, for all who share it; {pte}", "blue"),
    Event.HUGE_COPY: Told(
        "copy the huge page",
        "{before} -> {after}: 2 MiB copied, for MAP_HUGETLB is never split; {pte}{flushed}",
        "yellow",
    ),
    Event.HUGE_REUSE: Told("re-use", "all 2 MiB stay, nothing copied nor split; {pte}{flushed}", "green"),
    Event.UPGRADE: Told("grant what the region does", "{after} stays; {pte}{flushed}", "green"),
    Event.SPURIOUS: Told("nothing to do", "nothing: the PTE grants the access already{flushed}", "magenta"),
    Event.REFUSED: Told("", "nothing changed: the process gets a signal", "red"),
    Event.OUT_OF_MEMORY: Told("no frame is free", "nothing changed, for no frame is free: a signal", "red"),
}
FATAL = (Event.REFUSED, Event.OUT_OF_MEMORY)

ACCESSES = {
    Access.FETCH: "fetch",
    Access.LOAD: "load",
    Access.STORE: "store",
    Access.AMO: "atomic",
    Access.LR: "load-reserved",
}

# How the restarted instruction ended: the last words of a paragraph.
COMPLETED = {
    Access.FETCH: "fetched",
    Access.LOAD: "loaded",
    Access.STORE: "stored",
    Access.AMO: "read, changed and stored",
    Access.LR: "loaded and reserved",
}

# What the region says to an access that it grants, and to one that it does not (F2).
GRANTED = {
    Access.FETCH: "supposed to be executable",
    Access.LOAD: "supposed to be readable",
    Access.STORE: "supposed to be writable",
    Access.AMO: "supposed to be writable",
    Access.LR: "supposed to be readable",
}
NEEDED = {Access.FETCH: X, Access.LOAD: R, Access.STORE: W, Access.AMO: W, Access.LR: R}
NO_REGION = "no region: nothing is mapped here"

KINDS = {
    RegionKind.ANONYMOUS: "anonymous",
    RegionKind.STACK: "stack",
    RegionKind.HEAP: "heap",
    RegionKind.TEXT: "program text",
    RegionKind.RODATA: "program constants",
    RegionKind.DATA: "program data",
    RegionKind.BSS: "program data (zeros)",
    RegionKind.FILE: "file",
    RegionKind.VDSO: "kernel's code for programs",
}

# Where the refused translation was found, `{frame}` and `{flags}` being what was found.
LOOK_UPS = {
    Found.NOWHERE: "not asked",
    Found.L1: "L1 hit, frame {frame}, {flags}",
    Found.L2: "L1 miss, L2 hit, frame {frame}, {flags}",
    Found.WALK: "miss; a walk found frame {frame}, {flags}",
}
# Faults in which no translation exists, so nothing was found.
WALKS_THAT_FAILED = {
    Fault.NOT_PRESENT: "miss; a walk found no valid PTE",
    Fault.RESERVED: "miss; a walk found a reserved PTE",
    Fault.POINTER_AT_LEAF_LEVEL: "miss; a walk found a pointer in the last table",
    Fault.MISALIGNED_SUPERPAGE: "miss; a walk found a superpage with a misaligned frame",
    Fault.ACCESS: "miss; a walk left physical memory",
}

RESTARTS = {
    Found.L1: "TLB L1 hit",
    Found.L2: "TLB L1 miss, L2 hit",
    Found.WALK: "TLB miss, walk of {reads}",
}

# Short names of the phases of a fault; a cost that is not here goes by its own name.
PHASES = {
    "trap.entry": "trap",
    "trap.return": "return",
    "kernel.fault": "region",
    "kernel.alloc": "alloc",
    "kernel.copy": "copy",
    "kernel.clear": "clear",
    "kernel.pte": "pte",
    "kernel.syscall": "work",
    "kernel.switch": "switch",
    "kernel.signal": "signal",
    "kernel.lock": "lock",
    "flush.local": "flush",
    "shootdown.send": "tell",
    "shootdown.wait": "wait",
    "shootdown.serve": "answer",
}


class Signal(NamedTuple):
    """One signal by its Linux number: name, and what the program did to get it."""

    name: str
    reason: str  # a format string over `{value}`, the trap value in hexadecimal


SIGNALS = {
    2: Signal("SIGINT", "interrupted"),
    4: Signal("SIGILL", "an instruction the ISA lacks"),
    5: Signal("SIGTRAP", "a breakpoint"),
    6: Signal("SIGABRT", "the program gave up"),
    7: Signal("SIGBUS", "an access that cannot be made, at {value}"),
    9: Signal("SIGKILL", "killed"),
    10: Signal("SIGUSR1", "what the program means by it"),
    11: Signal("SIGSEGV", "an access that no region grants, at {value}"),
    12: Signal("SIGUSR2", "what the program means by it"),
    13: Signal("SIGPIPE", "nobody is left who could read"),
    14: Signal("SIGALRM", "a time is over"),
    15: Signal("SIGTERM", "asked to end"),
    17: Signal("SIGCHLD", "a child has ended or stopped"),
}

# What a handler is told of how its signal came about, by signal and code; and by code alone, for whatever signal.
CODES = {
    (4, 1): "ILL_ILLOPC, no such instruction",
    (5, 1): "TRAP_BRKPT, a breakpoint",
    (7, 1): "BUS_ADRALN, a misaligned access",
    (7, 2): "BUS_ADRERR, an access that cannot be made",
    (11, 1): "SEGV_MAPERR, an access where nothing is mapped",
    (11, 2): "SEGV_ACCERR, an access that the region does not grant",
    (17, 1): "CLD_EXITED, a child has ended",
    (17, 2): "CLD_KILLED, a signal has ended a child",
    (17, 5): "CLD_STOPPED, a child has stopped",
    (17, 6): "CLD_CONTINUED, a child goes on",
}
SENT = {
    0: "SI_USER, sent by a process",
    -1: "SI_QUEUE, sent with a value",
    -6: "SI_TKILL, sent to the thread",
    0x80: "SI_KERNEL, sent by the kernel",
}

FLAGS = (("r", R), ("w", W), ("x", X), ("u", U), ("a", A), ("d", D))


def flags_of(rights: int) -> str:
    """Return what a PTE grants as `rw-uad`, a dash for each right that it does not; `not present` without V."""
    if not rights & V:
        return "not present"
    return "".join(letter if rights & bit else "-" for letter, bit in FLAGS)


def permissions_of(prot: int) -> str:
    """Return a region's permissions as `rw-`."""
    return "".join(letter if prot & bit else "-" for letter, bit in FLAGS[:3])


def plural(count: int, noun: str) -> str:
    """Return `1 page`, `2 pages`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def address(value: int) -> str:
    """Return an address, frame number or register value in hexadecimal, read as unsigned."""
    return f"{value & (1 << 64) - 1:#x}"
