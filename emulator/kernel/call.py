"""What a system call is to the kernel: a row of a table."""

from collections.abc import Callable
from typing import NamedTuple

Handler = Callable[..., int | None]


class Call(NamedTuple):
    """One system call: its name, how many arguments it takes, what carries it out, how much of Linux's call it is.

    A handler gets the kernel, the running process and its arguments; it returns the result, or None when there is no
    result to give: the thread has ended, runs another program, or waits.
    """

    name: str
    arguments: int
    handler: Handler
    meaning: str
