"""What atomics leave in memory."""

import itertools

import pytest

from emulator.hardware.meaning.kinds import Kind
from tests.hardware.meaning.bodies import meaning, result
from tests.model.integers import AMOS, CORNERS, UNSIGNED_AMOS, signed, unsigned

WIDTHS = [("w", 32), ("d", 64)]


@pytest.mark.parametrize(("suffix", "width"), WIDTHS)
@pytest.mark.parametrize("name", [*AMOS, *UNSIGNED_AMOS])
def test_an_amo_leaves_what_the_definition_says(name, suffix, width):
    read = signed if name in AMOS else unsigned
    for old, b in itertools.product(CORNERS, repeat=2):
        left = result(f"{name}.{suffix}", old=signed(old, width), b=signed(b, width))
        expected = (AMOS | UNSIGNED_AMOS)[name](read(old, width), read(b, width))
        assert unsigned(left, width) == unsigned(expected, width), (old, b)


@pytest.mark.parametrize(("suffix", "width"), WIDTHS)
def test_lr_returns_what_it_found_and_sc_writes_its_register(suffix, width):
    for value in CORNERS:
        assert result(f"lr.{suffix}", old=signed(value, width)) == signed(value, width)
        assert unsigned(result(f"sc.{suffix}", b=value), width) == unsigned(value, width)


@pytest.mark.parametrize(("suffix", "width"), WIDTHS)
def test_the_suffix_says_how_many_bytes_are_exchanged(suffix, width):
    kinds = {"lr": Kind.RESERVE, "sc": Kind.CONDITIONAL} | dict.fromkeys([*AMOS, *UNSIGNED_AMOS], Kind.EXCHANGE)
    for name, kind in kinds.items():
        found = meaning(f"{name}.{suffix}")
        assert (found.kind, found.size) == (kind, width // 8)
