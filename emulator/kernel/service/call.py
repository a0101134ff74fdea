"""What a system call is to the kernel: a row of a table."""

from collections.abc import Callable
from typing import NamedTuple

Handler = Callable[..., int | None]

# What an argument's register holds: an int, of which Linux looks at 32 bits, an unsigned one, or all 64 bits.
INT, UNSIGNED, WORD = "i", "u", "w"


def argument(kind: str, register: int) -> int:
    """Return what a system call sees of a `register` (signed, 64 bits) that holds an argument of this kind."""
    if kind == WORD:
        return register
    value = register & 0xFFFFFFFF
    return value - (1 << 32) if kind == INT and value >> 31 else value


class Call(NamedTuple):
    """One system call: its name, the kinds of its arguments, what carries it out, how much of Linux's call it is.

    A handler gets the kernel, the running process and its arguments; it returns the result, or None when there is no
    result to give: the thread has ended, runs another program, or waits.
    """

    name: str
    arguments: str  # a letter each: INT, UNSIGNED, WORD
    handler: Handler
    meaning: str
