"""Sizes as people write them."""

import pytest

from emulator.base.errors import ConfigError
from emulator.config import parse_size, size_text


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("4096", 4096),
        (4096, 4096),
        ("32KiB", 32 * 1024),
        ("64 MiB", 64 * 1024 * 1024),
        ("1GiB", 1 << 30),
        ("1gib", 1 << 30),
        ("512 B", 512),
    ],
)
def test_a_size_is_a_number_and_a_binary_unit(text, bytes_):
    assert parse_size(text) == bytes_


@pytest.mark.parametrize(
    "text", ["", "0", "0KiB", "-1", "-4KiB", "1.5GiB", "MiB", "4 4KiB", "1e6", "٣KiB", True, "9" * 30]
)
def test_what_is_no_size_is_refused_with_what_would_be_right(text):
    with pytest.raises(ConfigError, match=r"memory: .*whole number above 0"):
        parse_size(text, "memory")


def test_an_unknown_unit_is_named():
    with pytest.raises(ConfigError, match="unknown unit 'KB'"):
        parse_size("64KB")


@pytest.mark.parametrize(
    ("bytes_", "text"), [(1 << 30, "1GiB"), (3 << 20, "3MiB"), (4096, "4KiB"), (100, "100"), (0, "0")]
)
def test_a_size_is_shown_in_the_largest_unit_that_divides_it(bytes_, text):
    assert size_text(bytes_) == text
