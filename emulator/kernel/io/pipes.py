"""Pipes: bytes from whoever writes to whoever reads, in order, up to a capacity (Linux, pipe(7)).

Written bytes are the pipe's own. A page that vmsplice put in is read where it lies, when it is read: until then the
pipe refers to its frame, which so has one owner more (F61).
"""

from typing import Protocol

from emulator.base.bits import PAGE_BYTES, page_up
from emulator.kernel.io.openfile import O_RDONLY, O_WRONLY, BrokenPipe, OpenFile

CAPACITY = 1 << 16
ATOMIC = 4096  # PIPE_BUF: a write of no more goes in whole


class Lent(Protocol):
    """Bytes of a page of a program's memory."""

    size: int

    def read(self) -> bytes:
        """Return them, as they are now."""

    def skip(self, size: int) -> None:
        """Leave out the first `size` of them."""

    def give_back(self) -> None:
        """Refer to the page no more."""


class Pipe:
    """What lies between two ends, and whether each end is open."""

    def __init__(self) -> None:
        self._parts: list[bytearray | Lent] = []
        self.open = {O_RDONLY: True, O_WRONLY: True}

    @property
    def empty(self) -> bool:
        """Whether nothing can be read."""
        return not self._parts

    @property
    def room(self) -> int:
        """How many bytes can be written. A page that is lent takes the room of a whole one."""
        return CAPACITY - sum(len(part) if isinstance(part, bytearray) else PAGE_BYTES for part in self._parts)

    @property
    def free_pages(self) -> int:
        """How many pages can be lent."""
        taken = sum(page_up(len(part)) if isinstance(part, bytearray) else PAGE_BYTES for part in self._parts)
        return max(CAPACITY - taken, 0) // PAGE_BYTES

    def write(self, data: bytes) -> None:
        """Add bytes."""
        if not data:
            return
        last = self._parts[-1] if self._parts else None
        if isinstance(last, bytearray):
            last += data
        else:
            self._parts.append(bytearray(data))

    def lend(self, page: Lent) -> None:
        """Add what lies in a page."""
        self._parts.append(page)

    def peek(self, size: int) -> bytes:
        """Return up to `size` bytes that come next."""
        data = b""
        for part in self._parts:
            if len(data) >= size:
                break
            data += part if isinstance(part, bytearray) else part.read()
        return data[:size]

    def consume(self, size: int) -> None:
        """Take `size` bytes."""
        while size > 0:
            part = self._parts[0]
            whole = len(part) if isinstance(part, bytearray) else part.size
            if size < whole:
                if isinstance(part, bytearray):
                    del part[:size]
                else:
                    part.skip(size)
                return
            self._drop_first()
            size -= whole

    def close(self, access: int) -> None:
        """Close one end; with the other one all that is left goes."""
        self.open[access] = False
        while self._parts and not any(self.open.values()):
            self._drop_first()

    def _drop_first(self) -> None:
        part = self._parts.pop(0)
        if not isinstance(part, bytearray):
            part.give_back()


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
        if data and not self.pipe.open[O_RDONLY]:
            raise BrokenPipe
        room = max(self.pipe.room, 0)
        if len(data) <= ATOMIC and len(data) > room:
            return 0
        self.pipe.write(data[:room])
        return min(len(data), room)

    @property
    def channel(self) -> Pipe:
        """The pipe: what is done at one end concerns the other."""
        return self.pipe

    def close(self) -> None:
        """Close this end."""
        self.pipe.close(self.access)
