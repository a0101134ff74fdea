"""Atomics (A): what memory becomes, or for LR rd.

Two numbers of 4 bytes that are both sign-extended are in the same order, read as unsigned, as they were.
"""

from collections.abc import Callable

from emulator.base.arithmetic import unsigned_less
from emulator.hardware.meaning.kinds import Body, Kind, means


def on_words(kind: Kind) -> Callable[[Body], Body]:
    """Let a function be the body of the two instructions of its name: `.w` on 4 bytes, `.d` on 8."""

    def noted(body: Body) -> Body:
        return means(kind, size=8, suffix="_d")(means(kind, size=4, suffix="_w")(body))

    return noted


exchange = on_words(Kind.EXCHANGE)


@on_words(Kind.RESERVE)
def lr(old):
    return old


@on_words(Kind.CONDITIONAL)
def sc(b):
    return b


@exchange
def amoswap(b):
    return b


@exchange
def amoadd(old, b):
    return old + b


@exchange
def amoxor(old, b):
    return old ^ b


@exchange
def amoand(old, b):
    return old & b


@exchange
def amoor(old, b):
    return old | b


@exchange
def amomin(old, b):
    return old if old < b else b


@exchange
def amomax(old, b):
    return b if old < b else old


@exchange
def amominu(old, b):
    return old if unsigned_less(old, b) else b


@exchange
def amomaxu(old, b):
    return b if unsigned_less(old, b) else old
