"""Files, pipes, what is open, and descriptors, as dictionaries (F95, F96, F131 to F135)."""

from dataclasses import dataclass, field

from tests.running import PAGE

READ, WRITE, BOTH = 0, 1, 2
CREATE, TRUNCATE, APPEND, NONBLOCK = 0o100, 0o1000, 0o2000, 0o4000


class File:
    """Bytes with a size; pages that nobody has written to are absent, and zeros."""

    def __init__(self):
        self.size, self.cells = 0, {}

    def cell(self, index):
        """The page of that number, None beyond the end (F133)."""
        if index * PAGE >= self.size:
            return None
        return self.cells.setdefault(index, bytearray(PAGE))

    def load(self, position, size):
        """What is there of these bytes."""
        data = b""
        while size > 0 and position < self.size:
            part = min(size, PAGE - position % PAGE, self.size - position)
            data += self.cell(position // PAGE)[position % PAGE :][:part]
            position, size = position + part, size - part
        return data

    def store(self, position, data):
        """Put bytes there; what lies between the end and them is zeros."""
        self.size = max(self.size, position + len(data))
        done = 0
        while done < len(data):
            at = position + done
            part = data[done : done + PAGE - at % PAGE]
            self.cell(at // PAGE)[at % PAGE : at % PAGE + len(part)] = part
            done += len(part)

    def resize(self, size):
        """Lose what lies behind, for good (F134)."""
        for index in [index for index in self.cells if index * PAGE >= size]:
            del self.cells[index]
        if size % PAGE and size // PAGE in self.cells:
            self.cells[size // PAGE][size % PAGE :] = bytes(PAGE - size % PAGE)
        self.size = size


class Pipe:
    """Bytes on their way (F96)."""

    def __init__(self):
        self.data = b""


@dataclass(eq=False)
class Open:
    """What descriptors stand for that are copies of each other: one position, one mode (F131)."""

    what: File | Pipe
    access: int
    appends: bool = False
    waits: bool = True
    position: int = 0

    @property
    def reads(self):
        return self.access != WRITE

    @property
    def writes(self):
        return self.access != READ


@dataclass
class Descriptors:
    """Open files by number, above the standard ones (F95)."""

    FIRST = 3
    open: dict[int, Open] = field(default_factory=dict)

    def add(self, opened):
        """Give it the lowest free number."""
        number = next(number for number in range(self.FIRST, 1000) if number not in self.open)
        self.open[number] = opened
        return number

    def copy(self):
        return Descriptors(dict(self.open))
