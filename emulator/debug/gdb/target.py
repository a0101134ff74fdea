"""What gdb is told of the machine: its registers, and how its signals are numbered there."""

from emulator.kernel.processes.signals import Signal
from isa.registers import ABI_NAMES

PC = 32  # the number of the PC among gdb's registers
REGISTER_BYTES = 8


def description() -> str:
    """Return the target description: GDB manual, "RISC-V Features".

    With Linux as `osabi` gdb would make steps of its own, of breakpoints.
    """
    registers = "".join(f'<reg name="{name}" bitsize="64" type="{kind_of(name)}"/>' for name in (*ABI_NAMES, "pc"))
    return (
        '<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target version="1.0">'
        "<architecture>riscv:rv64</architecture><osabi>none</osabi>"
        f'<feature name="org.gnu.gdb.riscv.cpu">{registers}</feature></target>'
    )


def kind_of(name: str) -> str:
    """Return gdb's type of a register."""
    return "code_ptr" if name in ("ra", "pc") else "data_ptr" if name in ("sp", "gp", "tp", "s0") else "int"


# gdb numbers signals its own way, whatever the target's (include/gdb/signals.def).
UNKNOWN = 143
SIGNALS = {
    Signal.SIGHUP: 1,
    Signal.SIGINT: 2,
    Signal.SIGQUIT: 3,
    Signal.SIGILL: 4,
    Signal.SIGTRAP: 5,
    Signal.SIGABRT: 6,
    Signal.SIGFPE: 8,
    Signal.SIGKILL: 9,
    Signal.SIGBUS: 10,
    Signal.SIGSEGV: 11,
    Signal.SIGPIPE: 13,
    Signal.SIGALRM: 14,
    Signal.SIGTERM: 15,
    Signal.SIGURG: 16,
    Signal.SIGSTOP: 17,
    Signal.SIGTSTP: 18,
    Signal.SIGCONT: 19,
    Signal.SIGCHLD: 20,
    Signal.SIGTTIN: 21,
    Signal.SIGTTOU: 22,
    Signal.SIGWINCH: 28,
    Signal.SIGUSR1: 30,
    Signal.SIGUSR2: 31,
}


def gdb_signal(number: int) -> int:
    """Return gdb's number of a Linux signal."""
    return SIGNALS.get(Signal(number), UNKNOWN) if number in Signal.__members__.values() else UNKNOWN
