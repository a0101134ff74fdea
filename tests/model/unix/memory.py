"""The memory of a process as a dictionary of pages: no frames, no page tables, no TLB (F1 to F4, F60, F67, F132).

What a page holds is a cell, 4,096 bytes: its process's own, or one that several processes or a file have.
"""

from dataclasses import dataclass, field, replace

from tests.model.unix.files import File
from tests.running import PAGE, PROT_WRITE, READ_WRITE


def blank():
    return bytearray(PAGE)


@dataclass
class Page:
    """A page as one process has it. One of a file has a cell of its own once it is private and was stored to."""

    prot: int
    shared: bool
    own: bytearray | None = field(default_factory=blank)
    file: File | None = None
    index: int = 0  # which page of the file
    may_write: bool = True
    forked: bool = True
    wiped: bool = False

    @property
    def cell(self):
        """What it holds; None where its file has no byte (F133)."""
        return self.own if self.own is not None else self.file.cell(self.index)

    def to_write(self):
        """The cell that a store goes to: a private page of a file has one of its own from then on (F132)."""
        if self.own is None and not self.shared and self.cell is not None:
            self.own = bytearray(self.cell)
        return self.cell

    def for_child(self):
        """The page that a child has after fork (F1)."""
        if self.shared or self.own is None:
            return replace(self)
        return replace(self, own=blank() if self.wiped else bytearray(self.own))

    def dropped(self):
        """Forget what it has of its own (MADV_DONTNEED: madvise(2))."""
        if not self.shared:
            self.own = None if self.file is not None else blank()

    def reaches(self, offset, size):
        """Whether these bytes are all in the file, if it has one: what lies behind on the last page is nobody's."""
        return self.file is None or self.index * PAGE + offset + size <= self.file.size


class Memory(dict):
    """Pages by number, counted from `BASE`."""

    BASE, PAGES = 0x40000000, 8

    @classmethod
    def address(cls, page, offset=0):
        return cls.BASE + page * PAGE + offset

    def granting(self, page, prot):
        """The page, if there is one that grants `prot` and has bytes; or None."""
        found = self.get(page)
        return found if found is not None and found.prot & prot and found.cell is not None else None

    def load(self, page, offset, size):
        """The bytes there, as far as they may be read (F97)."""
        data = b""
        while size:
            found, part = self.granting(page, READ_WRITE), min(size, PAGE - offset)
            if found is None:
                break
            data += found.cell[offset : offset + part]
            page, offset, size = page + 1, 0, size - part
        return data

    def store(self, page, offset, data):
        """Store as much as may be stored; return how much (F97)."""
        done = 0
        while done < len(data):
            found, part = self.granting(page, PROT_WRITE), min(len(data) - done, PAGE - offset)
            if found is None:
                break
            found.to_write()[offset : offset + part] = data[done : done + part]
            page, offset, done = page + 1, 0, done + part
        return done

    def maps(self, file, page, offset, size):
        """Whether some of these bytes are a file's."""
        return any(
            at in self and self[at].file is file for at in range(page, page + (offset + max(size, 1) - 1) // PAGE + 1)
        )

    def reaches(self, page, offset, size):
        """Whether none of these bytes lies behind the end of a file, on its last page."""
        while size > 0:
            part = min(size, PAGE - offset)
            if page in self and self[page].cell is not None and not self[page].reaches(offset, part):
                return False
            page, offset, size = page + 1, 0, size - part
        return True

    def for_child(self):
        return Memory({place: page.for_child() for place, page in self.items() if page.forked})
