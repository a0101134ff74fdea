"""Pipes: bytes from whoever writes to whoever reads, in order, up to a capacity (Linux, fs/pipe.c, pipe(7)).

A pipe has 16 buffers, of a page each. What is written goes on in the last one if what is no whole page has room there,
and else begins a new one; so small writes that do not fit behind each other fill a pipe early. A buffer is filled from
memory or read to memory whole, or as much as was asked for: else that is no part of what the call did.

Written bytes are the pipe's own. A page that vmsplice put in is read where it lies, when it is read: until then the
pipe refers to its frame, which so has one owner more (F61).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from emulator.base.bits import PAGE_BYTES
from emulator.kernel.io.openfile import O_RDONLY, O_WRONLY, BrokenPipe, OpenFile

BUFFERS = 16  # PIPE_DEF_BUFFERS
CAPACITY = BUFFERS * PAGE_BYTES


class Buffer(Protocol):
    """Up to a page of bytes."""

    @property
    def size(self) -> int:
        """How many there are."""

    def read(self) -> bytes:
        """Return them, as they are now."""

    def skip(self, size: int) -> None:
        """Leave out the first `size` of them."""

    def again(self, size: int) -> "Buffer":
        """Return a buffer with the first `size` of them, too."""

    def give_back(self) -> None:
        """Refer to the page no more."""


@dataclass
class Written:
    """Bytes of the pipe's own; `begin` tells how many of its page come before them."""

    data: bytes
    begin: int = 0

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.data)

    @property
    def room(self) -> int:
        """How many fit behind them."""
        return PAGE_BYTES - self.begin - len(self.data)

    def read(self) -> bytes:
        """Return them."""
        return self.data

    def skip(self, size: int) -> None:
        """Leave out the first `size` of them."""
        self.data, self.begin = self.data[size:], self.begin + size

    def again(self, size: int) -> "Written":
        """Return the first `size` of them once more, where nothing fits behind them: their page has two pipes."""
        return Written(self.data[:size], PAGE_BYTES - size)

    def give_back(self) -> None:
        """There is no page to refer to."""


class Pipe:
    """What lies between two ends, and whether each end is open."""

    def __init__(self) -> None:
        self._buffers: list[Buffer] = []
        self.open = {O_RDONLY: True, O_WRONLY: True}

    @property
    def empty(self) -> bool:
        """Whether nothing can be read."""
        return not self._buffers

    @property
    def free(self) -> int:
        """How many buffers are free."""
        return BUFFERS - len(self._buffers)

    def _joins(self, size: int) -> int:
        """Return how many of `size` bytes go on in the last buffer: what is no whole page, or nothing."""
        last, rest = self._buffers[-1] if self._buffers else None, size % PAGE_BYTES
        return rest if isinstance(last, Written) and rest <= last.room else 0

    def write(self, data: bytes) -> int:
        """Add as many bytes as there is room for; return how many."""
        done = self._joins(len(data))
        last = self._buffers[-1] if self._buffers else None
        if done and isinstance(last, Written):
            last.data += data[:done]
        while done < len(data) and self.free:
            part = data[done : done + PAGE_BYTES]
            self._buffers.append(Written(part))
            done += len(part)
        return done

    def fillable(self, wanted: int, there: int) -> int:
        """Return how many bytes of a write of `wanted` go in where only the first `there` can be read."""
        joining = self._joins(wanted)
        if there >= wanted:
            return wanted
        return 0 if there < joining else joining + (there - joining) // PAGE_BYTES * PAGE_BYTES

    def lend(self, page: Buffer) -> None:
        """Add what lies in a page."""
        self._buffers.append(page)

    def _parts(self, size: int) -> Iterator[int]:
        """Yield how many of the next `size` bytes each buffer has."""
        for buffer in self._buffers:
            if size <= 0:
                return
            yield min(size, buffer.size)
            size -= buffer.size

    def peek(self, size: int) -> bytes:
        """Return up to `size` bytes that come next."""
        parts = zip(self._buffers, self._parts(size), strict=False)
        return b"".join(buffer.read()[:part] for buffer, part in parts)

    def takeable(self, wanted: int, there: int) -> int:
        """Return how many bytes a read of `wanted` takes where only the first `there` can be told."""
        done = 0
        for part in self._parts(wanted):
            if done + part > there:
                break
            done += part
        return done

    def double(self, other: "Pipe", size: int) -> int:
        """Add the next `size` bytes to another pipe as well, buffer by buffer, while it has some; return how many."""
        done = 0
        for buffer, part in list(zip(self._buffers, self._parts(size), strict=False))[: other.free]:
            other.lend(buffer.again(part))
            done += part
        return done

    def consume(self, size: int) -> None:
        """Take `size` bytes."""
        for part in list(self._parts(size)):
            if part < self._buffers[0].size:
                self._buffers[0].skip(part)
            else:
                self._drop_first()

    def close(self, access: int) -> None:
        """Close one end; with the other one all that is left goes."""
        self.open[access] = False
        while self._buffers and not any(self.open.values()):
            self._drop_first()

    def _drop_first(self) -> None:
        self._buffers.pop(0).give_back()


class PipeEnd(OpenFile):
    """The end of `pipe` that is read, or the one that is written."""

    def __init__(self, pipe: Pipe, access: int, number: int) -> None:
        super().__init__(access, number)
        self.pipe = pipe

    def peek(self, size: int) -> bytes | None:
        """Return up to `size` bytes that come next; none where nobody can write more, None where somebody can."""
        if size and self.pipe.empty and self.pipe.open[O_WRONLY]:
            return None
        return self.pipe.peek(size)

    def consume(self, size: int) -> None:
        """Take `size` bytes."""
        self.pipe.consume(size)

    def put(self, data: bytes) -> int:
        """Add as much of `data` as there is room for, all or nothing of a short one. Raises BrokenPipe."""
        if data and self.broken:
            raise BrokenPipe
        return self.pipe.write(data)

    def fillable(self, wanted: int, there: int) -> int:
        """Return how many bytes of a write go in where only the first ones can be read: whole buffers."""
        return self.pipe.fillable(wanted, there)

    def takeable(self, wanted: int, there: int) -> int:
        """Return how many bytes a read takes where only the first ones can be told: whole buffers."""
        return self.pipe.takeable(wanted, there)

    @property
    def broken(self) -> bool:
        """Whether nobody is left who could read."""
        return not self.pipe.open[O_RDONLY]

    @property
    def channel(self) -> Pipe:
        """The pipe: what is done at one end concerns the other."""
        return self.pipe

    def close(self) -> None:
        """Close this end."""
        self.pipe.close(self.access)
