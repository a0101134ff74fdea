"""Processes and threads as they are seen."""

from typing import NamedTuple


class Thread(NamedTuple):
    """A thread that has not ended.

    `state` is "ready", "running" or "blocked", and `waits_for` says in words for what. `hart` is where it runs or ran
    last, -1 for nowhere yet. `pc` is its next instruction, `registers` are x0 to x31, read as unsigned.
    """

    tid: int
    state: str
    waits_for: str
    hart: int
    pc: int
    registers: tuple[int, ...]


class Process(NamedTuple):
    """A process, until nobody can ask for it any more.

    `life` is "alive", or "zombie" between its end and its parent's asking. `image` is its program, an index into
    `Result.images`, and `program` the program's name. `space` is its address space's number, -1 where it has none.
    `status` is its exit status, `signal` what ended it; None while neither has.
    """

    pid: int
    parent: int
    program: str
    image: int
    life: str
    space: int
    threads: tuple[Thread, ...]
    status: int | None
    signal: int | None
