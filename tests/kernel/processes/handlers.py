"""Programs whose signals have handlers, in a few lines."""

from tests.running import call, show

SIGACTION, SIGPROCMASK, SIGALTSTACK, SIGSUSPEND, SIGTIMEDWAIT, SIGQUEUEINFO = 134, 135, 132, 133, 137, 138
SIGRETURN, TKILL, TGKILL = 139, 130, 131
ILL, TRAP, BUS, USR1, SEGV, USR2, TERM, CHLD, CONT, STOP = 4, 5, 7, 10, 11, 12, 15, 17, 18, 19
RESTART, ONSTACK, NODEFER, RESETHAND, NOCLDSTOP = 0x10000000, 0x08000000, 0x40000000, 0x80000000, 1
BLOCK, UNBLOCK, SETMASK = 0, 1, 2
PC, REGISTERS = 304, 312  # in a frame: the program counter, x1 to x31

_acts = iter(range(1 << 30))


def bit(*signals):
    """A set of signals."""
    return sum(1 << signal - 1 for signal in signals)


def handle(signal, handler, flags=0, mask=0):
    """Let `handler`, a label, handle a signal; a0 has the result."""
    name = f"act{next(_acts)}"
    return f".pushsection .data\n{name}: .dword {handler}, {flags}, {mask}\n.popsection\n" + call(
        SIGACTION, signal, f"={name}", 0, 8
    )


def mask(how, *signals):
    """rt_sigprocmask with these signals."""
    name = f"set{next(_acts)}"
    there = f".pushsection .data\n{name}: .dword {bit(*signals)}\n.popsection\n"
    return there + call(SIGPROCMASK, how, f"={name}", 0, 8)


def send(signal):
    """Send a signal to the process itself."""
    return call("getpid") + call("kill", "a0", signal)


def handlers(*bodies):
    """What lies behind the end of the program: each handler `h0`, `h1`, ..., returns after its body.

    s9, s10, s11 have the signal, the siginfo and the ucontext there; the frame is at s10.
    """
    found = "".join(
        f"h{i}: mv s9, a0\nmv s10, a1\nmv s11, a2\nmv s8, ra\n{body}\nmv ra, s8\nret\n" for i, body in enumerate(bodies)
    )
    return f"{call('exit', 0)}{found}"


def tell(number):
    """Show a number."""
    return f"li s7, {number}\n" + show("s7")
