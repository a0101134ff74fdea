r"""A section as GNU as keeps it while it grows: fragments, runs of known bytes with something of open length between.

    bytes  branch  bytes  alignment  bytes  .org  bytes ...
    \_fragment 0_/ \__ fragment 1 __/ \ fragment 2 /

A place is a fragment and a distance from its beginning. What ends a fragment, its *tail* (`isa/tails.py`), may change
its size until the layout is settled (`isa/relaxation.py`); two places are a known distance apart as soon as no such
tail lies between.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from isa.errors import Mistake
from isa.segment import ADDRESS_LIMIT
from isa.source import SourceLine

MAX_FILE_BYTES = 1 << 28  # more than 256 MiB written out is a slip, or zeros that belong in .bss


class Value(NamedTuple):
    """`number` itself, or, with a `fragment`, the place so many bytes after the beginning of it."""

    number: int
    fragment: Fragment | None = None


class Tail(Protocol):
    """What ends a fragment; `line` is where it was asked for."""

    line: SourceLine

    def first_guess(self) -> int | None:
        """How many bytes it takes before any place is known; None if its size may be asked for at once."""

    def size(self, start: int) -> int:
        """How many bytes it takes if it starts at `start` in its section; raises `Mistake`."""

    def content(self, size: int) -> bytes:
        """Its bytes, `size` of them."""


class Fragment:
    """A run of bytes in `section`: of its data those from `start` on, `fixed` of them, and then the tail's.

    `offset` is where it begins in its section, as far as that is known. Fragments of the same `run` lie at known
    distances, told by `place`.
    """

    __slots__ = ("fixed", "offset", "place", "run", "section", "start", "tail", "tail_size")

    def __init__(self, section: Section, start: int, run: int, place: int) -> None:
        self.section, self.start, self.run, self.place = section, start, run, place
        self.fixed = 0
        self.offset = 0
        self.tail: Tail | None = None
        self.tail_size = 0


class Section:
    """A section while it grows. Its bytes are in `data`, without what fragments' tails put between them.

    `address` is None until `place` knows it, `size` the bytes that are certain so far.
    """

    def __init__(self, name: str, flags: str, zeros: bool) -> None:
        self.name = name
        self.allocated = "a" in flags  # False: notes and comments, assembled and dropped
        self.writable = "w" in flags
        self.executable = "x" in flags
        self.zeros = zeros  # no bytes in the file: .bss
        self.thread_local = "T" in flags
        self.alignment = 1
        self.address: int | None = None
        self.size = 0
        self.astray: int | None = 0  # bytes that its end lies behind a multiple of 4; None if that is not known
        self.data = bytearray()
        self.fragments = [Fragment(self, 0, 0, 0)]

    @property
    def permissions(self) -> tuple[bool, bool]:
        return self.executable, self.writable

    @property
    def has_bytes(self) -> bool:
        """Is it written out? So are thread-local zeros, which stand before other data."""
        return not self.zeros or self.thread_local

    @property
    def here(self) -> Value:
        """The place at its end."""
        fragment = self.fragments[-1]
        return Value(fragment.fixed, fragment)

    def align(self, alignment: int) -> None:
        """Remember that the section must start at a multiple of `alignment`."""
        self.alignment = max(self.alignment, alignment)

    def put(self, content: bytes) -> None:
        """Add bytes; raises `Mistake` if the section has no room for them."""
        self._grow(len(content))
        if self.zeros:
            if content.count(0) != len(content):
                raise Mistake(f"section '{self.name}' holds no bytes, only zeros ('.space')", 0)
        else:
            self.data += content
        self.fragments[-1].fixed += len(content)

    def end_fragment(self, tail: Tail, size: int | None = None) -> None:
        """Add what may yet change its length, unless its `size` is certain; raises `Mistake` if there is no room."""
        last = self.fragments[-1]
        self._grow(size or 0)
        last.tail = tail
        if size is None:
            run, place = last.run + 1, 0
        else:
            run, place = last.run, last.place + last.fixed + size
        self.fragments.append(Fragment(self, len(self.data), run, place))

    def _grow(self, size: int) -> None:
        self.check(self.size + size)
        self.size += size

    def check(self, size: int) -> None:
        """Raise `Mistake` if the section cannot be of this size."""
        if self.has_bytes and size > MAX_FILE_BYTES:
            raise Mistake(f"section '{self.name}' grows beyond {MAX_FILE_BYTES >> 20} MiB; put large zeros in .bss", 0)
        if size > ADDRESS_LIMIT:
            raise Mistake(f"section '{self.name}' grows beyond any address space", 0)


def fragment_distance(to: Value, start: Value) -> int | None:
    """How many bytes `to` lies after `start`, before addresses are known; None if something open lies between."""
    a, b = to.fragment, start.fragment
    if a is b:
        return to.number - start.number
    if a is None or b is None or a.section is not b.section or a.run != b.run:
        return None
    return to.number + a.place - start.number - b.place
