"""System calls in words: the frequent ones in a phrase each, the others as `(0x3fb7a000, 16) = 16`."""

import errno
from collections.abc import Callable, Sequence
from typing import NamedTuple

from emulator.base.bits import R, W, X, pages_in
from emulator.base.call_names import CALL_NAMES
from emulator.observe.story import SIGNALS, address, permissions_of, plural

Arguments = Sequence[int]
MOST_ERRNO = 4095
RESTART = -512  # Linux, ERESTARTSYS: no program sees it
SMALL = 4096  # smaller arguments are numbers, larger ones addresses
STREAMS = {0: "standard input", 1: "standard output", 2: "standard error"}
PROT = ((1, R), (2, W), (4, X))  # Linux's bits and those of a PTE
MAP_SHARED, MAP_ANONYMOUS, CLONE_VM, CLONE_THREAD = 0x01, 0x20, 0x100, 0x10000
ADVICE = {
    0: "NORMAL", 3: "WILLNEED", 4: "DONTNEED", 8: "FREE", 10: "DONTFORK", 11: "DOFORK", 14: "HUGEPAGE",
    15: "NOHUGEPAGE", 18: "WIPEONFORK", 19: "KEEPONFORK", 20: "COLD", 21: "PAGEOUT", 22: "POPULATE_READ",
    23: "POPULATE_WRITE",
}  # fmt: skip
CHILD = "a process"
MAY_GO_ON, NEWS = 2 | 8, "has ended, stopped or gone on"  # WUNTRACED, WCONTINUED
FUTEX_COMMAND, FUTEX_WAITS = 0x7F, (0, 9)
FUTEX = {0: "WAIT", 1: "WAKE", 3: "REQUEUE", 4: "CMP_REQUEUE", 5: "WAKE_OP", 9: "WAIT_BITSET", 10: "WAKE_BITSET"}


def name_of(number: int) -> str:
    """Return the name of a system call."""
    return CALL_NAMES.get(number, f"call {number}")


def call_words(number: int, kinds: str | None, arguments: Arguments, value: int) -> str:
    """Return what a call asked for and what it got; `kinds` has a letter for each argument, None for a call unknown."""
    if kinds is None:
        return "no such call: ENOSYS"
    words = WORDS.get(name_of(number))
    if value == RESTART:
        return f"{asked_words(number, kinds, arguments)}: a handler comes between, and it is made again"
    error = errno.errorcode.get(-value, str(value)) if -MOST_ERRNO <= value < 0 else ""
    if words is None:
        return f"{_listed(kinds, arguments)} = {error or _number(value)}"
    asked = words.asked(arguments)
    return f"{asked}: refused, {error}" if error else words.got(asked, arguments, value)


def wait_words(number: int, kinds: str | None, arguments: Arguments) -> str:
    """Return what a call that has to wait asks for."""
    return f"{asked_words(number, kinds, arguments)}: has to wait"


def asked_words(number: int, kinds: str | None, arguments: Arguments) -> str:
    """Return what a call asks for."""
    words = WORDS.get(name_of(number))
    return words.asked(arguments) if words else _listed(kinds or "", arguments)


def _number(value: int) -> str:
    return f"{value}" if -SMALL < value < SMALL else address(value)


def _listed(kinds: str, arguments: Arguments) -> str:
    return f"({', '.join(_number(argument) for _, argument in zip(kinds, arguments, strict=False))})"


def _pages(arguments: Arguments) -> str:
    count = pages_in(arguments[1]) if arguments[1] >= 0 else 0
    return f"{plural(count, 'page')} at {address(arguments[0])}"


def _granted(prot: int) -> str:
    return permissions_of(sum(bit for linux, bit in PROT if prot & linux))


def _mmap(arguments: Arguments) -> str:
    _, length, prot, flags = arguments[:4]
    sharing = "shared" if flags & MAP_SHARED else "private"
    memory = "anonymous memory" if flags & MAP_ANONYMOUS else "file"
    return (
        f"{plural(pages_in(length), 'page') if length > 0 else f'{length} bytes'} of {sharing} {memory}, "
        f"{_granted(prot)}"
    )


def _remapped(arguments: Arguments) -> str:
    old, new = (pages_in(length) if length >= 0 else 0 for length in arguments[1:3])
    return _pages(arguments) + ("" if old == new else f", to be {new}")


def _stream(arguments: Arguments) -> str:
    return STREAMS.get(arguments[0], f"descriptor {arguments[0]}")


def _clone(arguments: Arguments) -> str:
    if arguments[0] & CLONE_THREAD:
        return "a thread"
    return f"{CHILD}, sharing the memory" if arguments[0] & CLONE_VM else CHILD


def _signal(arguments: Arguments) -> str:
    number = arguments[1]
    return f"{SIGNALS[number].name if number in SIGNALS else f'signal {number}'} to pid {arguments[0]}"


def _begun(asked: str, arguments: Arguments, value: int) -> str:
    if arguments[0] & CLONE_THREAD:
        return f"thread {value} begins"
    return f"pid {value} begins{asked.removeprefix(CHILD)}"


def _futex_done(asked: str, arguments: Arguments, value: int) -> str:
    return f"{asked}: {'goes on' if arguments[1] & FUTEX_COMMAND in FUTEX_WAITS else f'{value} woken'}"


def _done(asked: str, _: Arguments, __: int) -> str:
    return asked


class Words(NamedTuple):
    """How a call is told: what it asks for, and what it got, a sentence over that, the arguments and the result."""

    asked: Callable[[Arguments], str]
    got: Callable[[str, Arguments, int], str] = _done


WORDS = {
    "brk": Words(
        lambda a: f"the heap to end at {address(a[0])}" if a[0] else "where the heap ends",
        lambda asked, a, end: asked if end == a[0] else f"{asked}: it ends at {address(end)}",
    ),
    "clone": Words(_clone, _begun),
    "execve": Words(lambda a: f"the program named at {address(a[0])}"),
    "futex": Words(lambda a: f"{FUTEX.get(a[1] & FUTEX_COMMAND, a[1])} at {address(a[0])}", _futex_done),
    "kill": Words(_signal),
    "madvise": Words(lambda a: f"{_pages(a)}: {ADVICE.get(a[2], a[2])}"),
    "mmap": Words(_mmap, lambda asked, a, start: f"{asked}, at {address(start)}"),
    "mprotect": Words(lambda a: f"{_pages(a)}: {_granted(a[2])}"),
    "mremap": Words(_remapped, lambda asked, a, start: f"{asked}, at {address(start)}"),
    "munmap": Words(_pages, lambda asked, a, _: f"{asked}: unmapped"),
    "process_vm_readv": Words(
        lambda a: f"memory of pid {a[0]}", lambda asked, a, size: f"{asked}: {plural(size, 'byte')} read"
    ),
    "process_vm_writev": Words(
        lambda a: f"memory of pid {a[0]}", lambda asked, a, size: f"{asked}: {plural(size, 'byte')} written"
    ),
    "read": Words(lambda a: f"{plural(a[2], 'byte')} of {_stream(a)}", lambda asked, a, size: f"{asked}: {size} came"),
    "rt_sigreturn": Words(lambda _: "the handler is over: on as its frame says"),
    "sched_yield": Words(lambda a: "lets others run"),
    "vmsplice": Words(
        lambda a: f"pages for {_stream(a)}", lambda asked, a, size: f"{asked}: {plural(size, 'byte')} lent"
    ),
    "wait4": Words(
        lambda a: f"for pid {a[0]}" if a[0] > 0 else "for a child",
        lambda asked, a, pid: f"{asked}: pid {pid} {NEWS if a[2] & MAY_GO_ON else 'has ended'}" if pid else asked,
    ),
    "write": Words(
        lambda a: f"{plural(a[2], 'byte')} to {_stream(a)}",
        lambda asked, a, size: asked if size == a[2] else f"{asked}: {size} written",
    ),
}
