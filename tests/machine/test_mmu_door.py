"""What an MMU takes from Python: numbers, words and arrays, checked once at its door (F82)."""

import numpy as np
import pytest

from emulator import Mmu
from emulator.base.errors import ConfigError

NO_NUMBERS = [True, np.True_, 1.0, float("nan"), np.float64(4096), "4096", b"0", None, [0], np.array([0])]


@pytest.fixture(scope="module")
def mmu():
    return Mmu(profile="ideal", memory="1MiB", engine="plain")


@pytest.mark.parametrize("make", [int, np.int64, np.uint64, np.int32, np.array])
def test_a_whole_number_is_taken_whoever_made_it(mmu, make):
    mmu.memory.write(make(8), make(5), make(4))
    assert mmu.memory.read(make(8), make(8)) == 5
    mmu.asid, mmu.root = make(3), make(4096)
    mmu.fence(make(4096), make(3))
    assert (mmu.asid, mmu.root) == (3, 4096)
    assert mmu.translate(make(4096), size=make(8)) == mmu.translate(4096)
    assert Mmu(memory=make(1 << 20), memory_base=make(4096), engine="plain").memory.start == 4096


def test_an_argument_that_there_is_not_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigError, match="walk_caches is no argument; did you mean 'walk_cache'"):
        Mmu(walk_caches=False)


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize(
    "use",
    [
        lambda mmu, value: mmu.memory.read(value),
        lambda mmu, value: mmu.memory.read(0, value),
        lambda mmu, value: mmu.memory.write(value, 0),
        lambda mmu, value: mmu.memory.write(0, value),
        lambda mmu, value: mmu.memory.write(0, 0, value),
        lambda mmu, value: mmu.translate(value),
        lambda mmu, value: mmu.translate(0, size=value),
        lambda mmu, value: setattr(mmu, "root", value),
        lambda mmu, value: setattr(mmu, "asid", value),
        lambda mmu, value: mmu.fence(0, value) if value is not None else mmu.fence(value=1),
        lambda mmu, value: Mmu(memory_base=value, engine="plain"),
    ],
)
def test_what_is_no_whole_number_is_refused(mmu, use, value):
    with pytest.raises((ConfigError, TypeError)):
        use(mmu, value)


@pytest.mark.parametrize("value", [-(1 << 63) - 1, 1 << 64, 1 << 4000])
def test_an_address_has_64_bits(mmu, value):
    with pytest.raises(ConfigError, match=r"^va: .* is out of range"):
        mmu.translate(value)


def test_an_address_may_be_written_either_way(mmu):
    assert mmu.translate(-4096) == mmu.translate((1 << 64) - 4096)


@pytest.mark.parametrize("name", ["access", "sum", "mxr", "privilege"])
@pytest.mark.parametrize("value", [None, 5, "laod", b"load", ["load"], 0, 1])
def test_what_is_no_word_or_truth_value_is_refused(mmu, name, value):
    with pytest.raises(ConfigError, match=rf"^{name}: "):
        mmu.translate(0, value) if name == "access" else setattr(mmu, name, value)


@pytest.mark.parametrize("name", ["privelege", "asids", "SUM", "harts", "page_table"])
def test_an_attribute_that_there_is_not_is_refused(mmu, name):
    with pytest.raises(AttributeError, match=name):
        setattr(mmu, name, 1)
    with pytest.raises(AttributeError, match=name):
        setattr(mmu.memory, name, 1)


@pytest.mark.parametrize("name", ["memory", "counters"])
def test_what_is_only_read_cannot_be_set(mmu, name):
    with pytest.raises(AttributeError):
        setattr(mmu, name, 0)


@pytest.mark.parametrize(
    "vas",
    [
        [0, 4096, 1 << 63],
        [-1, 1 << 63],
        (0, 4096),
        range(0, 40960, 4096),
        np.array([0, 4096], np.uint16),
        np.array([0, (1 << 64) - 4096], np.uint64),
        np.array([0, -4096], np.int64),
        np.arange(0, 65536, 4096)[::-2],
        np.array([], np.int64),
        [],
    ],
)
def test_addresses_are_integers_in_a_row(mmu, vas):
    found = mmu.translate_many(vas)
    assert list(found["cause"]) == [mmu.translate(int(va)).cause for va in vas]


@pytest.mark.parametrize(
    "vas",
    [
        np.zeros((2, 2), np.int64),
        np.int64(5),
        5,
        None,
        "text",
        np.array([1.0]),
        np.array([float("nan")]),
        np.array([True]),
        [0, 1.5],
        [[0], [1, 2]],
        ["0"],
        [None],
        np.array(["0"]),
        np.array([1j]),
        np.array(["2020-01-01"], "datetime64[D]"),
        [1 << 64],
        [True, 1 << 63],
        {1: 2},
    ],
)
def test_what_is_no_row_of_integers_is_refused(mmu, vas):
    with pytest.raises(ConfigError, match=r"^vas?: "):
        mmu.translate_many(vas)


@pytest.mark.parametrize("base", [-4096, 1, 1 << 56, 1 << 70])
def test_memory_begins_at_a_page_that_can_be_addressed(base):
    with pytest.raises(ConfigError, match=r"^memory_base: "):
        Mmu(memory_base=base, engine="plain")
