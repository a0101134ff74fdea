"""Open files: what descriptors stand for. Several descriptors, of several processes, may stand for the same one."""

from abc import ABC, abstractmethod

from emulator.kernel.io.streams import Streams

O_RDONLY, O_WRONLY, O_NONBLOCK = 0, 1, 0o4000
S_IFIFO, OWNER_ONLY = 0o010000, 0o600


class BrokenPipe(Exception):
    """Nobody is left who could read: EPIPE, and SIGPIPE."""


class OpenFile(ABC):
    """One open file: the access it allows, its status flags, and how many descriptors stand for it.

    `number` tells it from others, as an inode does. A file can be read or written, not both, and has no position.
    """

    def __init__(self, access: int, number: int) -> None:
        self.access = access
        self.number = number
        self.nonblocking = False
        self.references = 0

    @property
    def readable(self) -> bool:
        """Whether it can be read."""
        return self.access == O_RDONLY

    @property
    def writable(self) -> bool:
        """Whether it can be written."""
        return self.access == O_WRONLY

    @abstractmethod
    def peek(self, size: int) -> bytes | None:
        """Return up to `size` bytes that come next, none at the end; None where there may be some later."""

    @abstractmethod
    def consume(self, size: int) -> None:
        """Take `size` bytes."""

    @abstractmethod
    def put(self, data: bytes) -> int:
        """Add as much of `data` as there is room for now; return how much. Raises BrokenPipe."""

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
