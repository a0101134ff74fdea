"""Open files: what descriptors stand for. Several descriptors, of several processes, may stand for the same one."""

import os
from abc import ABC, abstractmethod
from typing import NamedTuple

from emulator.kernel.io.streams import Streams

O_RDONLY, O_WRONLY, O_RDWR, O_APPEND, O_NONBLOCK = 0, 1, 2, 0o2000, 0o4000
S_IFIFO, OWNER_ONLY = 0o010000, 0o600


class BrokenPipe(Exception):
    """Nobody is left who could read: EPIPE, and SIGPIPE."""


class FileError(Exception):
    """What cannot be done with a file or a name: `errno` is what the call gives for it."""

    def __init__(self, number: int) -> None:
        super().__init__(os.strerror(number))
        self.errno = number


class Stat(NamedTuple):
    """What fstat tells of an open file."""

    device: int
    number: int
    mode: int
    links: int
    size: int


class OpenFile(ABC):
    """One open file: the access it allows, its status flags, and how many descriptors stand for it.

    `number` tells it from others, as an inode does. What is no stream has a position, too (`opened.py`).
    """

    waits = True  # whether a call waits for more to come, or for room
    appends = False

    def __init__(self, access: int, number: int) -> None:
        self.access = access
        self.number = number
        self.nonblocking = False
        self.references = 0

    @property
    def readable(self) -> bool:
        """Whether it can be read."""
        return self.access in (O_RDONLY, O_RDWR)

    @property
    def writable(self) -> bool:
        """Whether it can be written."""
        return self.access in (O_WRONLY, O_RDWR)

    @property
    def stat(self) -> Stat:
        """What fstat tells: a stream is a pipe, of no size."""
        return Stat(0, self.number, S_IFIFO | OWNER_ONLY, 1, 0)

    @abstractmethod
    def peek(self, size: int) -> bytes | None:
        """Return up to `size` bytes that come next, none at the end; None where there may be some later."""

    @abstractmethod
    def consume(self, size: int) -> None:
        """Take `size` bytes."""

    @abstractmethod
    def put(self, data: bytes) -> int:
        """Add as much of `data` as there is room for now; return how much. Raises BrokenPipe."""

    def fillable(self, wanted: int, there: int) -> int:
        """Return how many bytes of a write of `wanted` are put where only the first `there` can be read."""
        return min(wanted, there)

    def takeable(self, wanted: int, there: int) -> int:
        """Return how many bytes a read of `wanted` takes where only the first `there` can be told."""
        return min(wanted, there)

    @property
    def broken(self) -> bool:
        """Whether nobody is left who could read what is put."""
        return False

    def refusal(self, size: int) -> int:
        """Return the error with which `size` bytes cannot be put, whatever they are, 0 for none."""
        return 0

    @property
    def channel(self) -> object:
        """What changes with it: who waits for one of several files with the same channel waits for all of them."""
        return self

    def close(self) -> None:
        """Note that no descriptor stands for it any more."""
        self.references = 0


class StandardInput(OpenFile):
    """What the machine was given as input."""

    def __init__(self, streams: Streams) -> None:
        super().__init__(O_RDONLY, 0)
        self._streams = streams

    def peek(self, size: int) -> bytes:
        """Return up to `size` bytes that come next, none at the end."""
        return self._streams.read(size)

    def consume(self, size: int) -> None:
        """Take `size` bytes."""
        self._streams.consume(size)

    def put(self, data: bytes) -> int:
        """Nobody reads what is written here: it is not opened for that."""
        raise BrokenPipe


class StandardOutput(OpenFile):
    """What the machine collects, as output (1) or error output (2)."""

    def __init__(self, streams: Streams, number: int) -> None:
        super().__init__(O_WRONLY, number)
        self._streams = streams

    def put(self, data: bytes) -> int:
        """Collect `data`."""
        self._streams.write(self.number, data)
        return len(data)

    def peek(self, size: int) -> bytes:
        """Return nothing: it is not opened for reading."""
        return b""

    def consume(self, size: int) -> None:
        """There is nothing to take."""
