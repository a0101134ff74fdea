"""Guests: walks in two dimensions, whatever the two formats are (F24)."""

from itertools import product
from random import Random
from typing import NamedTuple

import pytest

from emulator import Mmu
from emulator.base.errors import ConfigError
from emulator.base.names import Fault
from emulator.paging.modes import HOSTS, MODES
from tests.model.walker import Mode, Refused, walk
from tests.pages import PAGE, flags, pte
from tests.paging import x86
from tests.paging.arm_vectors import AF, EL0, TABLE, VALID

pytestmark = pytest.mark.both_engines

SHIFT = 8 << 20  # the host puts guest physical address 0 there
VA, GPA = 0x12345000, 0x200000
GUEST_PAGE_FAULT = {"fetch": 20, "load": 21, "store": 23, "amo": 23, "lr": 21}
U, W, X, A, D = (flags(letter) for letter in "uwxad")


class Shape(NamedTuple):
    """How a format's tables are built: a pointer, where one leads, and a page that grants all."""

    levels: int
    bits: int
    entry: int
    pointer: object
    target: object
    page: object
    more: int = 0  # bits of an address that choose the table of a root


def x86_page(pa, level=0):
    """A page of x86-64 that grants all, marked."""
    return pa | x86.ALL | x86.ACCESSED | x86.DIRTY | (x86.PS if level else 0)


def arm64_page(pa, level=0):
    """A page of arm64 that grants all, marked."""
    return pa | VALID | EL0 | AF | (0 if level else TABLE)


RISCV = (lambda pa: pte(pa, "v"), lambda entry: entry >> 10 << 12, lambda pa, level=0: pte(pa, "vrwxuad"))
X86 = (lambda pa: pa | x86.ALL | x86.ACCESSED, lambda entry: entry & -PAGE, x86_page)
ARM64 = (lambda pa: pa | VALID | TABLE, lambda entry: entry & -PAGE, arm64_page)
SHAPES = {
    "sv39": Shape(3, 9, 8, *RISCV),
    "sv48": Shape(4, 9, 8, *RISCV),
    "sv57": Shape(5, 9, 8, *RISCV),
    "sv32": Shape(2, 10, 4, *RISCV),
    "x86-64": Shape(4, 9, 8, *X86),
    "x86-64-la57": Shape(5, 9, 8, *X86),
    "arm64": Shape(4, 9, 8, *ARM64),
}
SHAPES |= {f"{name}x4": SHAPES[name]._replace(more=2) for name in ("sv32", "sv39", "sv48", "sv57")}


class Tables:
    """Tables of one dimension; `at` is where in the machine's memory its own address 0 is."""

    def __init__(self, memory, paging, first, at=0):
        self.memory, self.shape, self.at = memory, SHAPES[paging], at
        self.root, self.next = first, first + (PAGE << self.shape.more)

    def place(self, va, level=0):
        """Where the entry of `va` at `level` stands, in this dimension's own addresses; missing tables are made."""
        table = self.root
        for above in range(self.shape.levels - 1, level - 1, -1):
            bits = self.shape.bits + (self.shape.more if table == self.root else 0)
            place = table + (va >> 12 + self.shape.bits * above & (1 << bits) - 1) * self.shape.entry
            if above > level:
                if self.read(place) == 0:
                    self.write(place, self.shape.pointer(self.next))
                    self.next += PAGE
                table = self.shape.target(self.read(place))
        return place

    def read(self, place):
        """The entry at `place`."""
        return self.memory.read(self.at + place, self.shape.entry)

    def write(self, place, entry):
        """Write the entry at `place`."""
        self.memory.write(self.at + place, entry, self.shape.entry)

    def map(self, va, pa, level=0):
        """Map a page that grants all; return where its entry stands."""
        place = self.place(va, level)
        self.write(place, self.shape.page(pa, level))
        return place

    def change(self, place, set_=0, clear=0):
        """Set and clear bits of an entry, without a fence."""
        self.write(place, (self.read(place) | set_) & ~clear)


class Nested:
    """A guest with one page, VA at GPA; the host maps guest physical memory up to 4 MiB, page by page."""

    def __init__(self, guest="sv39", host="sv39", **settings):
        self.mmu = Mmu(paging=guest, host=host, memory="16MiB", **settings)
        self.guest = Tables(self.mmu.memory, guest, PAGE, SHIFT)
        self.host = Tables(self.mmu.memory, host, 0)
        self.mmu.root, self.mmu.host_root = self.guest.root, self.host.root
        for gpa in range(0, 4 << 20, PAGE):
            self.host.map(gpa, SHIFT + gpa)
        self.entry = self.guest.map(VA, GPA)

    def fault(self, access="load"):
        """The name of the Fault of an access to the page, or None."""
        fault = self.mmu.translate(VA, access).fault
        return fault and fault.name


@pytest.mark.parametrize(("guest", "host"), list(product(MODES, HOSTS)))
def test_F24_each_of_the_guests_addresses_is_walked_for_in_the_hosts_tables(guest, host):
    nested = Nested(guest, host)
    out = nested.mmu.translate(VA + 8)
    assert (out.pa, out.fault) == (SHIFT + GPA + 8, None)
    assert len(out.references) == (SHAPES[guest].levels + 1) * (SHAPES[host].levels + 1) - 1


def test_F24_four_levels_under_four_read_24_ptes():
    nested = Nested("x86-64", "x86-64")
    assert len(nested.mmu.translate(VA).references) == 24
    assert nested.mmu.counters["walk.references"] == 24
    assert nested.mmu.counters["walk.count"] == 1


def test_F24_the_hosts_entries_are_read_before_the_guests():
    nested = Nested()
    references = nested.mmu.translate(VA).references
    guests = [place for place in references if place >= SHIFT]
    assert guests == [SHIFT + nested.guest.place(VA, level) for level in (2, 1, 0)]
    assert [references.index(place) for place in guests] == [3, 7, 11]
    assert references[-1] == nested.host.place(GPA)


def test_a_second_access_is_answered_by_a_tlb():
    nested = Nested()
    nested.mmu.translate(VA, "store")
    out = nested.mmu.translate(VA + 16, "store")
    assert (out.pa, out.references) == (SHIFT + GPA + 16, ())


@pytest.mark.parametrize("access", GUEST_PAGE_FAULT)
def test_F24_a_page_that_the_host_has_not_is_a_guest_page_fault_of_the_access(access):
    nested = Nested()
    nested.host.write(nested.host.place(GPA), 0)
    out = nested.mmu.translate(VA + 8, access)
    assert (out.fault, out.cause, out.tval, out.gpa) == (Fault.NESTED, GUEST_PAGE_FAULT[access], VA + 8, GPA + 8)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_F24_so_is_a_table_of_the_guests_that_the_host_has_not(level):
    nested = Nested()
    entry = nested.guest.place(VA, level)
    nested.host.write(nested.host.place(entry), 0)
    out = nested.mmu.translate(VA, "store")
    assert (out.fault, out.cause, out.gpa) == (Fault.NESTED, 23, entry)


def test_F24_on_x86_it_is_an_ept_violation():
    nested = Nested("x86-64", "x86-64")
    nested.host.write(nested.host.place(GPA), 0)
    out = nested.mmu.translate(VA)
    assert (out.fault, out.cause, out.error, out.gpa) == (Fault.NESTED, 48, None, GPA)


def test_what_the_guest_refuses_is_the_guests_fault():
    nested = Nested()
    nested.guest.write(nested.entry, 0)
    out = nested.mmu.translate(VA)
    assert (out.fault, out.cause, out.gpa) == (Fault.NOT_PRESENT, 13, None)
    assert len(out.references) == 3 * (3 + 1)


def test_a_tlb_holds_no_more_than_both_grant():
    nested = Nested()
    place = nested.host.place(GPA)
    nested.host.change(place, clear=W)
    assert nested.fault("load") is None
    assert nested.fault("store") == "NESTED"
    nested.host.change(place, set_=W)
    assert nested.fault("store") is None
    assert nested.fault("fetch") is None


def test_F24_the_hosts_pages_are_reached_as_by_a_user():
    nested = Nested()
    nested.mmu.privilege = "supervisor"
    nested.guest.change(nested.entry, clear=U)
    assert nested.fault() is None
    nested.host.change(nested.host.place(GPA), clear=U)
    nested.mmu.fence()
    assert nested.fault() == "NESTED"


def test_F24_to_mark_a_pte_of_the_guests_is_a_store_to_the_host():
    nested = Nested()
    nested.guest.change(nested.entry, clear=A | D)
    table = nested.host.place(nested.entry)
    nested.host.change(table, clear=W)
    assert nested.fault("load") == "NESTED"
    assert nested.guest.read(nested.entry) & (A | D) == 0
    nested.host.change(table, set_=W, clear=D)
    assert nested.fault("load") is None
    assert nested.guest.read(nested.entry) & (A | D) == A
    assert nested.host.read(table) & D == D


def test_d_is_set_in_both_dimensions_by_the_first_store():
    nested = Nested()
    place = nested.host.place(GPA)
    nested.guest.change(nested.entry, clear=D)
    nested.host.change(place, clear=D)
    assert nested.fault("load") is None
    assert (nested.guest.read(nested.entry) & D, nested.host.read(place) & D) == (0, 0)
    assert nested.fault("store") is None
    assert (nested.guest.read(nested.entry) & D, nested.host.read(place) & D) == (D, D)


def test_F24_an_address_beyond_the_hosts_tables_is_refused_and_does_not_wrap():
    nested = Nested()
    nested.guest.map(VA, 1 << 39 | GPA)
    out = nested.mmu.translate(VA)
    assert (out.fault, out.gpa) == (Fault.NESTED, 1 << 39 | GPA)


@pytest.mark.parametrize(("guest_level", "host_level"), [(1, 0), (0, 1), (1, 1)])
def test_a_tlb_holds_a_page_of_the_smaller_of_both_sizes(guest_level, host_level):
    nested = Nested()
    if guest_level:
        nested.guest.map(VA & -(2 << 20), GPA, 1)
    if host_level:
        nested.host.map(GPA, SHIFT + GPA, 1)
    va = (VA & -(2 << 20)) + 0x3000 if guest_level else VA
    assert nested.mmu.translate(va).pa == SHIFT + GPA + (0x3000 if guest_level else 0)
    beside = nested.mmu.translate(va + PAGE)
    if guest_level and host_level:
        assert (beside.pa, beside.references) == (SHIFT + GPA + 0x4000, ())
    else:
        assert beside.references != ()


def test_a_fence_forgets_what_the_host_had():
    nested = Nested()
    assert nested.mmu.translate(VA).pa == SHIFT + GPA
    nested.host.map(GPA, SHIFT + GPA + PAGE)
    assert nested.mmu.translate(VA).pa == SHIFT + GPA
    nested.mmu.fence()
    assert nested.mmu.translate(VA).pa == SHIFT + GPA + PAGE


class Under(dict):
    """The guest's words as its walk finds them: through the host's tables, in the machine's words."""

    def __init__(self, words, root, host):
        self.words, self.root, self.host = words, root, host

    def translated(self, gpa, access):
        """Where a guest physical address is; raises Refused with None."""
        wide = self.host == "sv39x4"
        if not wide and gpa >> 39:
            raise Refused(None)
        address = gpa if wide else gpa - (1 << 39) * (gpa >> 38 & 1)
        try:
            return walk(self.words, 0, 16 << 20, self.root, address, access, Mode(3, True, wide=wide))
        except Refused as refused:
            raise Refused(refused.args[0] if refused.args[0] in (1, 5, 7) else None) from None

    def get(self, place, default=0):
        """The guest's PTE at `place`."""
        return self.words.get(self.translated(place, "load"), default)

    def __setitem__(self, place, word):
        self.words[self.translated(place, "store")] = word


@pytest.mark.parametrize("host", ["sv39", "sv39x4"])
@pytest.mark.parametrize("seed", range(4))
def test_random_tables_in_both_dimensions_translate_as_two_reference_walkers_do(seed, host):
    """The guest's frames 0 to 7 are its tables; entries of either dimension lead anywhere near, with any flags."""
    random = Random(seed)
    mmu = Mmu(paging="sv39", host=host, memory="16MiB")
    mmu.host_root, mmu.root = 0, 0
    words = {}
    frames = [1, 2, 3, 4, 5, 6, 7, 0x200, 0x201]

    def entry(level):
        if level and random.random() < 0.85:
            return pte(random.choice(frames[:6]) * PAGE, "v")
        mostly = "vrwxuad" if random.random() < 0.7 else "".join(random.sample("vrwxugad", 5))
        page = random.choice([*frames, 512, 1 << 20, (1 << 27) + 1, 1 << 29]) * PAGE
        return pte(page if level == 0 else random.choice((0, 2 << 20)), mostly)

    for table in range(8):
        for index in (*range(8), 511):
            words[table * PAGE + index * 8] = entry(2 if table < (4 if host == "sv39x4" else 2) else table % 2)
    for place, word in words.items():
        mmu.memory.write(place, word)
    for _ in range(60):
        va = sum(random.randrange(3) << 12 + 9 * level for level in range(3)) + random.choice((0, 8))
        access = random.choice(("load", "store", "fetch"))
        under = Under(words, 0, host)
        try:
            expected, cause = under.translated(walk(under, 0, 1 << 56, 0, va, access, Mode(3, True)), access), None
        except Refused as refused:
            expected, cause = None, refused.args[0]
            cause = GUEST_PAGE_FAULT[access] if cause is None else {1: 1, 5: 5, 7: 7}.get(cause, cause)
            if cause in (1, 5, 7):
                cause = {"fetch": 1, "load": 5, "store": 7}[access]
        out = mmu.translate(va, access)
        assert (out.pa, out.cause) == (expected, cause), (hex(va), access)
        assert all(mmu.memory.read(place) == word for place, word in words.items())
        mmu.fence()


def test_a_host_that_is_none_and_a_root_without_a_host_are_refused():
    with pytest.raises(ConfigError, match=r"^host: 'sv40'; one of .* is right"):
        Mmu(host="sv40")
    with pytest.raises(ConfigError, match=r"^host_root: there is no host"):
        Mmu().host_root = 0
    with pytest.raises(ConfigError, match=r"^host_root: 0x10 is not a multiple of 4096$"):
        Mmu(host="sv39").host_root = 16


# ---------------------------------------------------------------- a root of four tables
@pytest.mark.parametrize(
    ("host", "bits"), [("sv32x4", 32), ("sv39x4", 39), ("sv48x4", 48)], ids=["Sv32x4", "Sv39x4", "Sv48x4"]
)
def test_F47_two_more_bits_of_an_address_choose_one_of_four_tables(host, bits):
    """Of `bits` a mode without x4 takes all: so a guest physical address of 41 bits is Sv39x4's to translate."""
    nested = Nested(host=host)
    for quarter in range(4):
        gpa = (quarter << bits) + (quarter << 21)
        nested.host.map(gpa, SHIFT + GPA + quarter * PAGE)
        nested.guest.map(VA, gpa)
        nested.mmu.fence()
        out = nested.mmu.translate(VA + 8)
        assert out.pa == SHIFT + GPA + quarter * PAGE + 8
        root_entry = out.references[-SHAPES[host].levels]
        assert root_entry // PAGE == quarter


def test_F47_the_last_address_of_sv39x4_is_reached_by_the_last_entry_of_its_16_kib():
    nested = Nested(host="sv39x4")
    gpa = (1 << 41) - PAGE
    nested.host.map(gpa, SHIFT + GPA)
    nested.guest.map(VA, gpa)
    out = nested.mmu.translate(VA)
    assert (out.pa, out.references[-3]) == (SHIFT + GPA, (16 << 10) - 8)


@pytest.mark.parametrize(("host", "bits"), [("sv32x4", 34), ("sv39x4", 41), ("sv48x4", 50)])
def test_F47_an_address_beyond_two_more_bits_is_a_guest_page_fault(host, bits):
    nested = Nested(host=host)
    nested.guest.map(VA, 1 << bits | GPA)
    out = nested.mmu.translate(VA, "store")
    assert (out.fault, out.cause, out.gpa) == (Fault.NESTED, 23, 1 << bits | GPA)


def test_F47_a_root_of_16_kib_begins_on_a_multiple_of_that():
    mmu = Mmu(host="sv39x4")
    mmu.host_root = 16 << 10
    with pytest.raises(ConfigError, match=r"^host_root: 0x3000 is not a multiple of 16384$"):
        mmu.host_root = 3 * PAGE


def test_F47_no_machine_or_guest_has_such_a_root():
    with pytest.raises(ConfigError, match=r"^paging: 'sv39x4'"):
        Mmu(paging="sv39x4")
