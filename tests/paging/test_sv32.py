"""Sv32: entries of 4 bytes, 1024 a table, 4 MiB, 34 bits of physical addresses. What a PTE says: test_riscv.py."""

import pytest

from emulator import Machine, Mmu
from emulator.base.errors import ConfigError
from emulator.base.names import Fault
from emulator.paging.modes import MODES
from isa import Program
from tests.pages import PAGE, TABLE, USER, pte

ROOT, BELOW, PA = 0x1000, 0x2000, 0x345000
VA = 3 << 22 | 5 << 12
GIB_4 = 1 << 32


def mapped(leaf=0, page=PA, letters=USER, **settings):
    """An Mmu with `page` mapped at `VA`, by an entry at level `leaf`; the entry's other half of a word is not 0."""
    mmu = Mmu(paging="sv32", memory="16MiB", engine="plain", **settings)
    mmu.root = ROOT
    if leaf == 0:
        mmu.memory.write(ROOT + 3 * 4, pte(BELOW, TABLE), 4)
        mmu.memory.write(BELOW + 4 * 4, 0xFFFFFFFF, 4)
    mmu.memory.write((BELOW + 5 * 4) if leaf == 0 else ROOT + 3 * 4, pte(page, letters), 4)
    return mmu


def test_a_walk_reads_an_entry_of_4_bytes_a_level_with_10_bits_of_the_address_each():
    out = mapped().translate(VA + 0x678)
    assert (out.pa, out.references) == (PA + 0x678, (ROOT + 3 * 4, BELOW + 5 * 4))


def test_a_and_d_are_set_in_their_own_half_of_a_word():
    mmu = mapped(letters="vrwu")
    mmu.translate(VA, "store")
    assert mmu.memory.read(BELOW + 5 * 4, 4) == pte(PA, USER)
    assert mmu.memory.read(BELOW + 4 * 4, 4) == 0xFFFFFFFF


def test_a_leaf_at_level_1_maps_4_mib():
    mmu = mapped(leaf=1, page=4 << 20)
    for offset in (0, 0x1FF000, 0x200000, 0x3FFFF8):
        assert mmu.translate((3 << 22) + offset).pa == (4 << 20) + offset


def test_F14_a_leaf_at_level_1_is_aligned_to_4_mib():
    assert mapped(leaf=1, page=2 << 20).translate(VA).fault == Fault.MISALIGNED_SUPERPAGE


def test_physical_addresses_have_34_bits():
    """The highest page that a PTE can name lies in a memory that ends there."""
    last = (1 << 34) - PAGE
    mmu = Mmu(paging="sv32", memory="16MiB", memory_base=(1 << 34) - (16 << 20), engine="plain")
    mmu.root = mmu.memory.start + ROOT
    mmu.memory.write(mmu.root + 3 * 4, pte(mmu.memory.start + BELOW, TABLE), 4)
    mmu.memory.write(mmu.memory.start + BELOW + 5 * 4, pte(last, USER), 4)
    assert mmu.translate(VA + 8).pa == last + 8


@pytest.mark.parametrize("va", [GIB_4 + VA, -PAGE])
def test_F10_an_address_of_more_than_32_bits_is_none(va):
    assert mapped().translate(va).fault == Fault.NON_CANONICAL


def test_no_program_runs_on_it():
    with pytest.raises(ConfigError, match="paging: 'sv32' is for registers of 32 bits, not 64; sv39, sv48") as refused:
        Machine(paging="sv32", engine="plain").spawn(Program.load("programs/hello.s"))
    assert "sv32," not in refused.value.message
    assert MODES["sv32"].levels == 2
