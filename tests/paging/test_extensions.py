"""Svnapot and Svpbmt: what else PTEs may say on a machine that has them."""

import pytest

from emulator import Machine, Mmu
from emulator.base.errors import ConfigError
from emulator.base.names import Fault
from emulator.config import Config
from tests.pages import PAGE, TABLE, USER, Tables, pte

VA, SIXTEEN = 0x12340000, 0x200000  # of 64 KiB each
N, PBMT = 1 << 63, 1 << 61
NAPOT = SIXTEEN + 8 * PAGE


def tables(extensions="svnapot+svpbmt", **settings):
    """Sv39 with extensions."""
    return Tables(extensions=extensions, engine="plain", **settings)


def test_F20_each_of_16_ptes_that_say_the_same_maps_its_own_4_kib_of_64():
    there = tables()
    for page in range(16):
        there.map(VA + page * PAGE, NAPOT, USER, more=N)
    found = [there.translate(VA + page * PAGE + 0x18).pa for page in range(16)]
    assert found == [SIXTEEN + page * PAGE + 0x18 for page in range(16)]


@pytest.mark.parametrize("low", [low for low in range(16) if low != 8])
def test_F20_a_napot_pte_of_another_size_is_reserved(low):
    there = tables()
    there.map(VA, SIXTEEN + low * PAGE, USER, more=N)
    assert there.translate(VA).fault == Fault.RESERVED


@pytest.mark.parametrize("level", [1, 2])
def test_F20_n_in_a_superpage_is_reserved(level):
    there = tables()
    there.map(VA, 0, USER, level=level, more=N)
    assert there.translate(VA).fault == Fault.RESERVED


def test_F18_a_and_d_are_set_in_the_pte_that_was_read_alone():
    there = tables()
    places = [there.map(VA + page * PAGE, NAPOT, "vrwu", more=N) for page in range(2)]
    there.translate(VA, "store")
    assert [there.memory.read(place) for place in places] == [pte(NAPOT, USER, N), pte(NAPOT, "vrwu", N)]


@pytest.mark.parametrize(("kind", "fault"), [(0, None), (1, None), (2, None), (3, Fault.RESERVED)])
def test_F12_pbmt_3_alone_is_reserved_with_svpbmt(kind, fault):
    there = tables()
    there.map(VA, SIXTEEN, USER, more=kind * PBMT)
    assert there.translate(VA).fault == fault


@pytest.mark.parametrize("bit", [N, PBMT, 2 * PBMT])
def test_F13_both_are_reserved_in_pointers(bit):
    there = tables()
    there.map(VA, SIXTEEN, USER)
    place = there.place(VA, 1)
    there.memory.write(place, there.memory.read(place) | bit)
    assert there.memory.read(place) & pte(0, TABLE)
    assert there.translate(VA).fault == Fault.RESERVED


@pytest.mark.parametrize(("extensions", "more"), [("svpbmt", N), ("svnapot", PBMT)])
def test_one_extension_is_not_the_other(extensions, more):
    there = tables(extensions)
    there.map(VA, NAPOT, USER, more=more)
    assert there.translate(VA).fault == Fault.RESERVED


def test_a_type_of_memory_changes_no_cycle():
    cycles = []
    for kind in (0, 1, 2):
        there = tables()
        there.map(VA, SIXTEEN, USER, more=kind * PBMT)
        cycles.append([there.translate(VA).cycles for _ in range(2)])
    assert cycles[0] == cycles[1] == cycles[2]


def test_words_are_told_in_one_order_and_once():
    made = Config.make(overrides={"extensions": "svpbmt+svnapot+svpbmt"})
    assert made.extensions == "svnapot+svpbmt"


@pytest.mark.parametrize(
    ("extensions", "paging", "said"),
    [
        ("svnapto", "sv39", "extensions: 'svnapto' is unknown; did you mean 'svnapot'?"),
        ("none+svpbmt", "sv39", "extensions: 'none\\+svpbmt': none stands beside others"),
        ("svnapot", "x86-64", "extensions: 'svnapot' is none of x86-64's; none is right"),
        ("svpbmt", "sv32", "extensions: 'svpbmt' is none of sv32's; none is right"),
    ],
)
def test_what_no_machine_has_is_refused(extensions, paging, said):
    with pytest.raises(ConfigError, match=said.replace("?", "\\?")):
        Mmu(paging=paging, extensions=extensions)


def test_a_machine_has_them_as_a_setting():
    assert Machine(overrides={"extensions": "svnapot"}, engine="plain").config.settings()["extensions"] == "svnapot"
