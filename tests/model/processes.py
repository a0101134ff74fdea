"""Fork, mmap, mprotect and stores as a dictionary of pages: what programs see, and what the kernel's counters must say.

A page is a value and a set of owners. The rules alone decide (F1-F4, F6, F60, F61, F64): no page tables, no TLB, no
frames, no cost.
"""

from dataclasses import dataclass, field

SEGV = 11


@dataclass
class Frame:
    """The bytes of a page (one number stands for them), and how many address spaces show it."""

    value: int = 0
    owners: int = 1


@dataclass
class Page:
    """How one process sees one page: no frame and not read yet, the page of zeros, or a frame."""

    shared: bool
    writable: bool = True  # what mprotect says
    mapped: bool = True  # False after munmap
    frame: Frame | None = None
    zero: bool = False  # reads show the page of zeros
    store_at_once: bool = False  # the PTE grants writes


@dataclass
class Kernel:
    """The counters that the rules determine."""

    counters: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("cow.copies", "cow.reuses", "zero.maps", "zero.fills", "fork.write_protected", "fork.count"), 0
        )
    )
    output: list[int] = field(default_factory=list)
    objects: dict[int, Frame] = field(default_factory=dict)  # shared pages that exist, by number

    def count(self, name):
        self.counters[name] += 1


class Killed(Exception):
    """The process took a signal."""


class Process:
    """One process: its pages by number."""

    def __init__(self, kernel, pages):
        self.kernel, self.pages = kernel, pages

    def load(self, number):
        page = self.pages[number]
        if not page.mapped:
            raise Killed
        if page.shared:
            return self._object(number, page).value
        if page.frame is None:
            if not page.zero:
                self.kernel.count("zero.maps")
                page.zero = True
            return 0
        return page.frame.value

    def store(self, number, value):
        page = self.pages[number]
        if not page.mapped or not page.writable:
            raise Killed  # F2
        if page.shared:
            self._object(number, page).value = value  # F60
            return
        if page.frame is None:
            self.kernel.count("zero.fills")  # F6
            page.frame, page.zero = Frame(), False
        elif not page.store_at_once:
            if page.frame.owners > 1:
                self.kernel.count("cow.copies")  # F3
                page.frame.owners -= 1
                page.frame = Frame(page.frame.value)
            else:
                self.kernel.count("cow.reuses")  # F4
        page.store_at_once = True
        page.frame.value = value

    def protect(self, number, writable):
        page = self.pages[number]
        if not page.mapped:
            return
        page.writable = writable
        if page.shared or page.frame is None:
            return
        page.store_at_once = writable and page.frame.owners == 1  # F61: or keep what it was, which is the same

    def unmap(self, number):
        page = self.pages[number]
        page.mapped = False
        self._drop(page)

    def fork(self):
        self.kernel.count("fork.count")
        pages = {}
        for number, page in self.pages.items():
            if page.frame is not None:
                page.frame.owners += 1
                if page.store_at_once:
                    self.kernel.count("fork.write_protected")  # F64
                    page.store_at_once = False
            pages[number] = Page(page.shared, page.writable, page.mapped, page.frame, page.zero)
        return Process(self.kernel, pages)

    def end(self):
        for page in self.pages.values():
            self._drop(page)

    def _object(self, number, page):
        if number not in self.kernel.objects:
            self.kernel.count("zero.fills")
            self.kernel.objects[number] = Frame()
        return self.kernel.objects[number]

    @staticmethod
    def _drop(page):
        if page.frame is not None:
            page.frame.owners -= 1
            page.frame = None
