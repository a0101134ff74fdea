"""Whole numbers: which texts and which values are one."""

import numpy as np
import pytest

from emulator.base.errors import ConfigError
from emulator.config import Config
from emulator.config.numbers import as_whole, read_whole


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 7 ", 7), ("0x10", 16), ("0b11", 3), ("1_000", 1000)])
def test_a_number_is_read_as_people_write_it(text, number):
    assert read_whole(text, "harts", 0, 10**6) == number


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3", "²", "٣", "-", "--1", "010", "1__0", "_1", "1 2", "0x", "nan"])
def test_a_text_that_is_no_number_is_refused(text):
    with pytest.raises(ConfigError, match=r"harts: '.*' is no whole number; a whole number from 0 to 9 is right"):
        read_whole(text, "harts", 0, 9)


@pytest.mark.parametrize("text", ["10", "-1", "9" * 5000, "-" + "9" * 5000, "0x" + "f" * 9000])
def test_a_number_beyond_its_bounds_is_refused_however_long(text):
    with pytest.raises(ConfigError, match=r"harts: .* is out of range") as raised:
        read_whole(text, "harts", 0, 9)
    assert len(raised.value.message) < 400


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_a_whole_number_is_taken_whoever_made_it(value):
    assert Config.make(harts=value).harts == 3
    assert type(Config.make(harts=value).harts) is int


@pytest.mark.parametrize(
    "value", [True, np.True_, 3.0, float("nan"), float("inf"), "3", b"3", None, [3], np.array([3]), np.float64(3)]
)
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(ConfigError, match=r"harts: .* is no whole number; a whole number from 1 to 256 is right"):
        Config.make(harts=value)


def test_a_number_that_python_would_not_write_is_refused_all_the_same():
    with pytest.raises(ConfigError, match="harts: a number of 19932 bits is out of range"):
        as_whole(10**6000, "harts", 1, 256)


@pytest.mark.parametrize("name", ["paging", "fork", "flush", "ad", "tlb", "schedule"])
@pytest.mark.parametrize("value", [None, 3, True, b"cow", ["cow"]])
def test_a_word_is_text(name, value):
    with pytest.raises(ConfigError, match=f"{name}: .* is no text"):
        Config.make(**{name: value})


@pytest.mark.parametrize("value", [0, 1, "yes", None])
def test_a_truth_value_is_true_or_false(value):
    with pytest.raises(ConfigError, match=r"check_stale: .* is no truth value"):
        Config.make(check_stale=value)


@pytest.mark.parametrize(
    "overrides", [[("quantum", "5")], {"quantum": True}, {"quantum": None}, {5: "5"}, {"quantum": b"5"}]
)
def test_overrides_are_texts_and_numbers_by_key(overrides):
    with pytest.raises(ConfigError, match="overrides: "):
        Config.make(overrides=overrides)


def test_an_override_may_be_a_number():
    assert Config.make(overrides={"quantum": np.int32(5), "clock_ghz": 2.5}).quantum == 5
