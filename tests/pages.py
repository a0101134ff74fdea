"""Page tables in a line or two, for tests of the MMU alone."""

from emulator import Mmu
from emulator.config import Config

PAGE = 4096
LEVELS = {"sv39": 3, "sv48": 4, "sv57": 5}
BITS = {name: 1 << place for place, name in enumerate("vrwxugad")}
USER, KERNEL, TABLE = "vrwuad", "vrwad", "v"

FETCH_PAGE_FAULT, LOAD_PAGE_FAULT, STORE_PAGE_FAULT = 12, 13, 15
FETCH_ACCESS_FAULT, LOAD_ACCESS_FAULT, STORE_ACCESS_FAULT = 1, 5, 7
PAGE_FAULT = {"fetch": 12, "load": 13, "store": 15, "amo": 15, "lr": 13}
ACCESS_FAULT = {"fetch": 1, "load": 5, "store": 7, "amo": 7, "lr": 5}


def flags(letters):
    """The flag bits that letters out of v r w x u g a d stand for."""
    return sum(BITS[letter] for letter in letters.replace(" ", ""))


def pte(pa, letters="", more=0):
    """A PTE that names physical address `pa`; `more` is or-ed in."""
    return pa // PAGE << 10 | flags(letters) | more


def profile_with(**overrides):
    """Skylake with changes: `tlb__l1d__entries=8`."""
    changes = {name.replace("__", "."): str(value) for name, value in overrides.items()}
    return Config.make(overrides=changes).profile


class Tables:
    """An Mmu of 64 MiB and a tree of page tables in its memory; the tables take pages from the start of memory on."""

    def __init__(self, paging="sv39", **settings):
        self.mmu = Mmu(paging=paging, **settings)
        self.memory = self.mmu.memory
        self.levels = LEVELS[paging]
        self.next = self.memory.start
        self.root = self.mmu.root = self.new()

    def new(self):
        """The address of one more table."""
        self.next += PAGE
        return self.next - PAGE

    def place(self, va, level=0):
        """The address of the PTE of `va` at `level`; pointers that are missing above it are made."""
        table = self.root
        for above in range(self.levels - 1, level, -1):
            place = table + (va >> 12 + 9 * above & 511) * 8
            entry = self.memory.read(place)
            if entry == 0:
                entry = pte(self.new(), TABLE)
                self.memory.write(place, entry)
            table = (entry >> 10) * PAGE
        return table + (va >> 12 + 9 * level & 511) * 8

    def map(self, va, pa, letters=USER, level=0, more=0):
        """Map the page of `va` to `pa`; return where its PTE stands."""
        place = self.place(va, level)
        self.memory.write(place, pte(pa, letters, more))
        return place

    def translate(self, va, access="load", size=8):
        """What the Mmu makes of one access."""
        return self.mmu.translate(va, access, size)
