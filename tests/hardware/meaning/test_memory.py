"""What loads make of the bytes that they read, and how many bytes loads and stores move."""

import pytest

from emulator.hardware.meaning.kinds import Kind
from tests.hardware.meaning.bodies import meaning, result
from tests.model.integers import CORNERS, signed, unsigned

BYTES = {"b": 1, "h": 2, "w": 4, "d": 8}  # the manual's letters


@pytest.mark.parametrize("letter", BYTES)
def test_a_load_extends_the_sign_of_what_it_reads(letter):
    width = 8 * BYTES[letter]
    for value in CORNERS:
        assert result(f"l{letter}", value=signed(unsigned(value, width))) == signed(value, width)


@pytest.mark.parametrize("letter", "bhw")
def test_an_unsigned_load_keeps_what_it_reads(letter):
    for value in CORNERS:
        read = unsigned(value, 8 * BYTES[letter])
        assert result(f"l{letter}u", value=read) == read


@pytest.mark.parametrize("letter", BYTES)
def test_a_store_writes_the_low_bytes_of_its_register(letter):
    width = 8 * BYTES[letter]
    for b in CORNERS:
        assert unsigned(result(f"s{letter}", b=b), width) == unsigned(b, width)


@pytest.mark.parametrize(("name", "kind"), [("l{}", Kind.LOAD), ("l{}u", Kind.LOAD), ("s{}", Kind.STORE)])
def test_the_letter_says_how_many_bytes_are_moved(name, kind):
    for letter, size in BYTES.items():
        if (name, letter) != ("l{}u", "d"):
            found = meaning(name.format(letter))
            assert (found.kind, found.size) == (kind, size)
