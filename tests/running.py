"""Programs in a few lines, run on a machine, with what must hold of every run checked each time."""

import os

import numpy as np

from emulator import Machine
from emulator.base.names import COSTS, Event
from isa import assemble

PAGE = 4096
# Compiled, each TLB hit is compared with memory, and so is what the checker suspects: they must agree. In plain Python
# that takes too long.
CHECKED = "every" if os.environ["PAGEWALK_ENGINE"] == "compiled" and not os.environ.get("NUMBA_DISABLE_JIT") else True

# Linux riscv64, asm-generic/unistd.h
NUMBERS = {
    "read": 63,
    "write": 64,
    "exit": 93,
    "exit_group": 94,
    "setpgid": 154,
    "getpgid": 155,
    "getsid": 156,
    "setsid": 157,
    "clock_gettime": 113,
    "sched_yield": 124,
    "kill": 129,
    "getpid": 172,
    "getppid": 173,
    "gettid": 178,
    "brk": 214,
    "munmap": 215,
    "clone": 220,
    "execve": 221,
    "mmap": 222,
    "mprotect": 226,
    "madvise": 233,
    "wait4": 260,
}
SIGCHLD = 17
CLONE_VM, CLONE_VFORK = 0x100, 0x4000
PROT_NONE, PROT_READ, PROT_WRITE, PROT_EXEC = 0, 1, 2, 4
READ_WRITE = PROT_READ | PROT_WRITE
SHARED, PRIVATE, FIXED, ANONYMOUS = 0x01, 0x02, 0x10, 0x20

FAULT_EVENTS = (
    Event.COPY,
    Event.REUSE,
    Event.ZERO_MAP,
    Event.ZERO_FILL,
    Event.HUGE_MAP,
    Event.HUGE_FILL,
    Event.HUGE_SHARE,
    Event.HUGE_COPY,
    Event.HUGE_REUSE,
    Event.SHARE,
    Event.FILE_MAP,
    Event.FILE_FILL,
    Event.SWAP_IN,
    Event.SWAP_MAP,
    Event.UPGRADE,
    Event.SPURIOUS,
    Event.REFUSED,
    Event.OUT_OF_MEMORY,
)

_labels = iter(range(1 << 30))


def label():
    """Return a label that no other piece of source has."""
    return f"L{next(_labels)}"


def call(name, *arguments):
    """A system call: an int is loaded, `=symbol` is a symbol's address, anything else is a register."""
    lines = []
    for place, argument in enumerate(arguments):
        if isinstance(argument, int):
            lines.append(f"li a{place}, {argument}")
        elif argument.startswith("="):
            lines.append(f"la a{place}, {argument[1:]}")
        elif argument != f"a{place}":
            lines.append(f"mv a{place}, {argument}")
    number = NUMBERS[name] if isinstance(name, str) else name
    return "\n".join([*lines, f"li a7, {number}", "ecall"]) + "\n"


def leave(status):
    """End the process; `status` is a number or a register."""
    return call("exit", status)


def fork(child, parent="", meanwhile="", status=0):
    """Fork; the child runs `child` and exits with 0 unless that ends it; the parent runs `meanwhile`, waits, goes on.

    `status` is where wait4 puts the child's (`=symbol`, a register, or 0 for nowhere).
    """
    return spawn(child) + f"{meanwhile}\n{wait(status=status)}{parent}\n"


def spawn(child):
    """Fork; the child runs `child` and ends; the parent goes on at once, the child's pid in a0."""
    there = label()
    return f"{call('clone', SIGCHLD, 0, 0, 0, 0)} bnez a0, {there}\n{child}\n{leave(0)}{there}:\n"


def wait(pid=-1, status=0, options=0):
    """wait4; a0 has its result."""
    return call("wait4", pid, status, options, 0)


def mmap(length, prot=READ_WRITE, flags=PRIVATE | ANONYMOUS, hint=0):
    """mmap; a0 has the address."""
    return call("mmap", hint, length, prot, flags, -1, 0)


def show(*registers):
    """Write registers to standard output, 8 bytes each; destroys a0-a2, a7 and whatever lies in `shown`."""
    stores = "".join(f"sd {register}, {8 * place}(t6)\n" for place, register in enumerate(registers))
    return f"la t6, shown\n{stores}{call('write', 1, '=shown', 8 * len(registers))}"


def source(text, data="", bss=""):
    """A whole program. `data` begins on a page of its own and ends one; so does `bss`; `shown` is for `show`."""
    return f"""
    .globl _start
    .text
_start:
{text}
{leave(0)}
    .data
    .balign 4096
{data}
    .balign 4096
    .bss
    .balign 4096
{bss}
    .balign 4096
shown: .space 4096
"""


class Ran:
    """A result, and the bytes that the program wrote to standard output, which need not be text."""

    def __init__(self, result, out):
        self.result, self.out = result, out

    def __getattr__(self, name):
        return getattr(self.result, name)


def check(result):
    """What holds after every run: cycles add up, frames come back, each trap left its event."""
    for counters, costs in result.per_hart:
        assert sum(costs.values()) == counters["cycles"]
        assert all(cycles >= 0 for cycles in costs.values())
    assert sum(result.costs.values()) == result.cycles
    counters = result.counters
    assert all(count >= 0 for count in counters.values())
    assert counters["frames.leaked"] == 0 or result.ended != "exit"  # F68
    assert counters["stale.uses"] == 0  # F45
    events = result.events
    assert sum(int(kind) in FAULT_EVENTS for kind in events["kind"]) == counters["fault.total"]
    for hart in range(len(result.per_hart)):
        cycles = events["cycle"][events["hart"] == hart]
        assert (cycles[1:] >= cycles[:-1]).all()
    assert (events["cost"] >= 0).all()
    check_all_told(result)
    return result


OWN = ("base", "load_use", "cache.", "tlb.", "walk", "shootdown.serve", "kernel.lock", "host", "idle")


def check_all_told(result):
    """Every cycle of every hart is told once: by an event, or as a process's own, never kernel work (F100)."""
    told = [np.zeros(len(COSTS), np.int64) for _ in result.per_hart]
    for hart, costs in zip(result.events["hart"], result.events["cost"], strict=True):
        told[hart] += costs
    for own in result.own:
        assert all(name.startswith(OWN) and cycles > 0 for name, cycles in own.costs.items()), own
        told[own.hart] += [own.costs.get(row.name, 0) for row in COSTS]
    if not result.events_left_out:
        for (_, costs), cycles in zip(result.per_hart, told, strict=True):
            assert {row.name: n for row, n in zip(COSTS, cycles.tolist(), strict=True)} == costs


def run(program, data="", bss="", *, argv=None, envp=(), max_instructions=1_000_000, **machine):
    """Run a program given by its instructions, or a Program, on a small machine; return the checked result."""
    if isinstance(program, str):
        program = assemble(source(program, data, bss))
    machine.setdefault("memory", "8MiB")
    machine.setdefault("check_stale", CHECKED)
    here = Machine(**machine)
    here.spawn(program, argv, envp)
    result = check(here.run(max_instructions))
    return Ran(result, bytes(here.core.streams.out))


def kinds(result, *wanted):
    """The names of the events in order; with `wanted`, of these kinds only."""
    names = [Event(int(kind)).name for kind in result.events["kind"]]
    return [name for name in names if not wanted or name in wanted]


def faults(result):
    """The names of the fault events in order."""
    return kinds(result, *(event.name for event in FAULT_EVENTS))


def words(result):
    """Standard output as signed 8-byte numbers."""
    return [
        int.from_bytes(result.out[place : place + 8], "little", signed=True) for place in range(0, len(result.out), 8)
    ]


def the(result, kind):
    """The one event of `kind`."""
    found = result.events[result.events["kind"] == kind]
    assert len(found) == 1
    return found[0]
