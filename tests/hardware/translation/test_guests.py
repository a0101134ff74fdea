"""Several guests of one host: VMIDs, and the fences that name them. F21, F24, F35, F46."""

from random import Random

import msgspec
import pytest

from emulator import Mmu
from emulator.base.errors import ConfigError
from emulator.config import load_profile
from emulator.config.schema import SettingRow
from emulator.state import Kind
from tests.hardware.translation.test_nested import Tables
from tests.pages import PAGE, profile_with, pte

pytestmark = pytest.mark.both_engines

MIB = 1 << 20
ROOM = 4 * MIB  # of a guest: its physical address 0 is so far from that of the guest before
VA, GPA = 0x12345000, 0x200000
HOSTS = {"sv39": "sv39x4", "x86-64": "x86-64", "arm64": "arm64"}
GLOBAL = 1 << 5  # in a PTE of RISC-V


class Guests:
    """Guests by VMID, each with tables at its own physical address 0, which the host has at (1 + VMID) * ROOM."""

    def __init__(self, vmids=(1, 2), guest="sv39", **settings):
        self.mmu = Mmu(paging=guest, host=HOSTS[guest], memory=(2 + max(vmids)) * ROOM, **settings)
        self.tables, self.hosts = {}, {}
        for number, vmid in enumerate(vmids):
            at = (1 + vmid) * ROOM
            self.hosts[vmid] = Tables(self.mmu.memory, HOSTS[guest], number * MIB)
            for gpa in range(0, ROOM, 2 * MIB):
                self.hosts[vmid].map(gpa, at + gpa, 1)
            self.tables[vmid] = Tables(self.mmu.memory, guest, 0, at)
            self.tables[vmid].map(VA, GPA)

    def run(self, vmid, asid=0):
        """Let a guest run; return its Mmu."""
        self.mmu.vmid, self.mmu.asid = vmid, asid
        self.mmu.root, self.mmu.host_root = self.tables[vmid].root, self.hosts[vmid].root
        return self.mmu

    def reads(self, vmid, va=VA, asid=0):
        """How many PTEs an access reads that a guest makes, and that is granted."""
        out = self.run(vmid, asid).translate(va)
        assert out.fault is None
        return len(out.references)

    def place(self, vmid):
        """Where the page is in memory."""
        return (1 + vmid) * ROOM + GPA


# ---------------------------------------------------------------- whose an entry is
@pytest.mark.parametrize("guest", HOSTS)
def test_F46_two_guests_with_one_asid_do_not_find_each_others_entries(guest):
    guests = Guests(guest=guest)
    for vmid in (1, 2):
        assert guests.run(vmid, asid=7).translate(VA).pa == guests.place(vmid)


def test_F46_what_a_guest_left_in_tlbs_is_there_when_it_runs_again():
    guests = Guests()
    assert [guests.reads(vmid) for vmid in (1, 2, 1, 2)] == [(3 + 1) * (2 + 1) - 1, (3 + 1) * (2 + 1) - 1, 0, 0]


def test_F46_a_global_page_is_one_of_its_guest_alone():
    guests = Guests()
    for vmid in (1, 2):
        entry = guests.tables[vmid].place(VA)
        guests.tables[vmid].change(entry, set_=GLOBAL)
    assert guests.run(1, asid=1).translate(VA).pa == guests.place(1)
    assert guests.run(2, asid=1).translate(VA).pa == guests.place(2)
    assert guests.reads(1, asid=2) == 0


def test_F46_guests_share_the_room_of_a_tlb():
    """One way: the second guest's entry takes the place of the first's (profile: one TLB of one entry)."""
    none = {f"tlb__{name}__entries": 0 for name in ("l1i", "l1d", "l1d_2m", "l1i_2m", "l1d_1g", "l1i_1g", "l2_1g")}
    guests = Guests(profile=profile_with(tlb__l2__entries=1, tlb__l2__ways=1, **none))
    assert [guests.reads(vmid) > 0 for vmid in (1, 1, 2, 1)] == [True, False, True, True]


def inclusive(ways):
    """Two guests, and a second level of one set above a first one that it includes."""
    none = {f"tlb__{name}__entries": 0 for name in ("l1i", "l1i_2m", "l1d_2m", "l1d_1g", "l1i_1g", "l2_1g")}
    shape = {"tlb__l2__entries": ways, "tlb__l2__ways": ways, "tlb__l2__inclusive": "true"}
    return Guests(profile=profile_with(**shape, **none))


def test_F46_of_an_inclusive_level_a_guest_that_is_away_leaves_the_first_too():
    guests = inclusive(1)
    assert [guests.reads(vmid) > 0 for vmid in (1, 2, 1)] == [True, True, True]
    assert guests.mmu.counters["tlb.l2.back_invalidations"] == 2


def test_F46_of_an_inclusive_level_a_guest_gives_up_its_own():
    """Two ways, the first guest's entry the older: it goes, and that of the same page of the second stays."""
    guests = inclusive(2)
    guests.tables[2].map(VA + PAGE, GPA)
    for vmid in (1, 2):
        guests.reads(vmid)
    guests.reads(2, VA + PAGE)
    assert {entry.va for entry in guests.mmu.tlbs if entry.tlb == "l1d"} == {VA, VA + PAGE}
    guests.mmu.vmid = 1
    assert guests.mmu.tlbs == ()


def test_tlbs_shows_what_there_is_of_the_guest_that_runs():
    guests = Guests()
    guests.reads(1)
    assert {entry.frame * PAGE for entry in guests.mmu.tlbs} == {guests.place(1)}
    guests.mmu.vmid = 2
    assert guests.mmu.tlbs == ()


def test_F23_a_negative_entry_is_one_of_its_guest_alone():
    setting = {"negative": SettingRow(1, "for this test")}
    guests = Guests(profile=msgspec.structs.replace(load_profile("skylake"), setting=setting))
    guests.run(1).translate(VA + PAGE)
    assert {entry.kind for entry in guests.mmu.tlbs} == {Kind.NEGATIVE}
    guests.mmu.vmid = 2
    assert guests.mmu.tlbs == ()
    guests.mmu.vmid = 1
    assert {entry.kind for entry in guests.mmu.tlbs} == {Kind.NEGATIVE}


def test_reset_empties_tlbs_and_leaves_the_guest_that_runs():
    guests = Guests()
    for vmid in (1, 2):
        guests.reads(vmid)
    guests.mmu.reset()
    assert guests.mmu.vmid == 2
    assert [guests.reads(vmid) > 0 for vmid in (2, 1)] == [True, True]


# ---------------------------------------------------------------- fences
def kept(guests, fence, running=1):
    """Of which guests an entry is left after `fence`, a method and its arguments, while one of them runs."""
    for vmid in guests.tables:
        guests.reads(vmid)
    name, *arguments = fence
    getattr(guests.run(running), name)(*arguments)
    assert guests.mmu.vmid == running
    return {vmid for vmid in guests.tables if guests.reads(vmid) == 0}


@pytest.mark.parametrize(
    ("guest", "fence", "left"),
    [
        ("sv39", ("fence",), {2, 3}),  # SFENCE.VMA of the guest's own
        ("sv39", ("fence", VA), {2, 3}),
        ("sv39", ("hfence_vvma",), {2, 3}),
        ("sv39", ("hfence_vvma", VA, 0), {2, 3}),
        ("sv39", ("hfence_vvma", VA + PAGE), {1, 2, 3}),
        ("sv39", ("hfence_gvma",), set()),
        ("sv39", ("hfence_gvma", None, 2), {1, 3}),
        ("sv39", ("hfence_gvma", GPA, 2), {1, 3}),
        ("sv39", ("hfence_gvma", None, 4), {1, 2, 3}),
        ("x86-64", ("invlpg", VA), {2, 3}),
        ("x86-64", ("invvpid", 0, 2, VA), {1, 3}),
        ("x86-64", ("invvpid", 0, 2, VA + PAGE), {1, 2, 3}),
        ("x86-64", ("invvpid", 1, 3), {1, 2}),
        ("x86-64", ("invvpid", 2), set()),
        ("x86-64", ("invvpid", 3, 1), {2, 3}),
        ("x86-64", ("invept", 1), set()),
        ("x86-64", ("invept", 2), set()),
        ("arm64", ("tlbi", "vmalle1"), {2, 3}),
        ("arm64", ("tlbi", "vmalls12e1"), {2, 3}),
        ("arm64", ("tlbi", "alle1"), set()),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_F46_a_fence_drops_entries_of_the_guests_that_it_names_and_leaves_all_others(guest, fence, left):
    assert kept(Guests((1, 2, 3), guest), fence) == left


def test_F46_a_fence_by_vmid_reaches_global_pages_of_any_asid():
    guests = Guests()
    guests.tables[1].change(guests.tables[1].place(VA), set_=GLOBAL)
    assert guests.reads(1, asid=5) > 0
    guests.run(2).hfence_gvma(vmid=1)
    assert guests.reads(1, asid=5) > 0


def test_invvpid_of_type_3_leaves_global_pages():
    guests = Guests(guest="x86-64")
    guests.tables[1].change(guests.tables[1].place(VA), set_=1 << 8)
    guests.reads(1)
    guests.run(2).invvpid(3, 1)
    assert guests.reads(1) == 0
    guests.run(2).invvpid(1, 1)
    assert guests.reads(1) > 0


def test_invvpid_of_all_leaves_vpid_0_which_is_no_guests():
    assert kept(Guests((0, 1), "x86-64"), ("invvpid", 2)) == {0}


def test_what_sinval_vma_names_is_of_the_guest_that_ran():
    guests = Guests()
    assert [guests.reads(vmid) > 0 for vmid in (1, 2)] == [True, True]
    guests.run(1).sinval_vma(VA)
    guests.run(2).sfence_inval_ir()
    assert (guests.reads(2), guests.reads(1) > 0) == (0, True)


def test_a_miss_is_induced_by_the_fence_of_its_own_guest():
    guests = Guests()
    for vmid in (1, 2):
        guests.reads(vmid)
    guests.run(1).fence()
    guests.reads(2)
    guests.mmu.fence(va=VA + PAGE)
    assert guests.mmu.counters["flush.induced_misses"] == 0
    guests.reads(1)
    assert guests.mmu.counters["flush.induced_misses"] == 1


# ---------------------------------------------------------------- at random, beside a dictionary
@pytest.mark.parametrize("seed", range(3))
def test_random_guests_and_fences_find_what_a_dictionary_of_vmid_asid_and_page_does(seed):
    """TLBs have room for all of it, so what they hold is what was walked for since the last fence that named it."""
    random, guests, pages = Random(seed), Guests((1, 2, 3)), 6
    model, tables = {}, {}
    for vmid in (1, 2, 3):
        for page in range(pages):
            tables[vmid, page] = 0, page % 3 == 0  # a number of a frame, and whether it is global
    for _ in range(400):
        vmid, asid, page = random.choice((1, 2, 3)), random.choice((0, 7)), random.randrange(pages)
        va, mmu = VA + page * PAGE, guests.run(vmid, asid)
        what = random.random()
        if what < 0.15:  # the guest changes a PTE
            frame = random.randrange(8)
            tables[vmid, page] = frame, page % 3 == 0
        elif what < 0.25:
            mmu.fence(va=va, asid=asid)
            model.pop((vmid, asid, page), None)
        elif what < 0.3:
            mmu.hfence_vvma(asid=asid)
            model = {key: pa for key, pa in model.items() if key[:2] != (vmid, asid)}
        elif what < 0.35:
            other = random.choice((1, 2, 3))
            mmu.hfence_gvma(vmid=other)
            model = {key: pa for key, pa in model.items() if key[0] != other}
        frame, everywhere = tables[vmid, page]
        place = guests.tables[vmid].place(va)
        guests.tables[vmid].write(place, pte(GPA + frame * PAGE, "vrwuadg" if everywhere else "vrwuad"))
        key = vmid, None if everywhere else asid, page
        walked = key not in model
        expected = model.setdefault(key, guests.place(vmid) + frame * PAGE)
        out = mmu.translate(va)
        assert (out.pa, bool(out.references)) == (expected, walked)


# ---------------------------------------------------------------- what there is not
@pytest.mark.parametrize(
    ("paging", "name", "arguments"),
    [
        ("sv39", "hfence_vvma", ()),
        ("sv39", "hfence_gvma", ()),
        ("x86-64", "invvpid", (1, 1)),
        ("x86-64", "invept", (1,)),
        ("arm64", "tlbi", ("alle1",)),
        ("arm64", "tlbi", ("vmalls12e1",)),
    ],
)
def test_without_a_host_its_instructions_are_refused(paging, name, arguments):
    with pytest.raises(ConfigError, match=rf"^{name}.*: there is no host; Mmu\(host='sv39'\) has one$"):
        getattr(Mmu(paging=paging), name)(*arguments)


def test_without_a_host_there_is_no_vmid():
    with pytest.raises(ConfigError, match=r"^vmid: there is no host"):
        Mmu().vmid = 1
    with pytest.raises(ConfigError, match=r"^vmid: there is no host"):
        print(Mmu().vmid)


@pytest.mark.parametrize("vmid", [-1, 4096, "1", True])
def test_a_vmid_that_is_none_is_refused(vmid):
    with pytest.raises(ConfigError, match=r"^vmid: "):
        Mmu(host="sv39x4").vmid = vmid


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("invvpid", (4, 1), "kind: 4 is no type of INVVPID; 0 to 3 are right"),
        ("invvpid", (1, 0), "vpid: 0 is that of the host"),
        ("invept", (0,), "kind: 0 is no type of INVEPT; 1 and 2 are right"),
        ("hfence_gvma", (), "hfence_gvma: x86-64 has no such instruction"),
    ],
)
def test_a_type_that_is_none_is_refused(name, arguments, error):
    with pytest.raises(ConfigError, match=f"^{error}"):
        getattr(Mmu(paging="x86-64", host="x86-64"), name)(*arguments)
