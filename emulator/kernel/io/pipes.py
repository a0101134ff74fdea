"""Pipes: bytes from whoever writes to whoever reads, in order, up to a capacity (Linux, pipe(7))."""

from emulator.kernel.io.openfile import O_RDONLY, O_WRONLY, BrokenPipe, OpenFile

CAPACITY = 1 << 16
ATOMIC = 4096  # PIPE_BUF: a write of no more goes in whole


class Pipe:
    """The bytes between two ends, and whether each end is open."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.open = {O_RDONLY: True, O_WRONLY: True}


class PipeEnd(OpenFile):
    """The end of `pipe` that is read, or the one that is written."""

    def __init__(self, pipe: Pipe, access: int, number: int) -> None:
        super().__init__(access, number)
        self.pipe = pipe

    def peek(self, size: int) -> bytes | None:
        """Return up to `size` bytes that come next; none where nobody can write more, None where somebody can."""
        if size and not self.pipe.content and self.pipe.open[O_WRONLY]:
            return None
        return bytes(self.pipe.content[:size])

    def consume(self, size: int) -> None:
        """Take `size` bytes."""
        del self.pipe.content[:size]

    def put(self, data: bytes) -> int:
        """Add as much of `data` as there is room for, all or nothing of a short one. Raises BrokenPipe."""
        if data and not self.pipe.open[O_RDONLY]:
            raise BrokenPipe
        room = CAPACITY - len(self.pipe.content)
        if len(data) <= ATOMIC and len(data) > room:
            return 0
        self.pipe.content += data[:room]
        return min(len(data), room)

    @property
    def channel(self) -> Pipe:
        """The pipe: what is done at one end concerns the other."""
        return self.pipe

    def close(self) -> None:
        """Close this end."""
        self.pipe.open[self.access] = False
