"""The instructions of this machine alone."""

import pytest

from emulator.hardware.meaning.kinds import Kind
from tests.hardware.meaning.bodies import meaning, result


@pytest.mark.parametrize(
    ("target", "source", "length", "chunk"),
    [
        (0x1000, 0x2000, 8, 8),
        (0x1000, 0x2000, 7, 1),
        (0x1001, 0x2000, 64, 1),
        (0x1000, 0x2004, 64, 1),
        (0x1003, 0x2003, 64, 1),
        (-8, 16, 9, 8),
        (0x1000, 0x2000, -1, 8),  # a length is unsigned
    ],
)
def test_a_block_copy_moves_8_bytes_at_a_time_where_both_addresses_are_aligned(target, source, length, chunk):  # F52
    assert result("bcopy", target=target, source=source, length=length) == chunk


def test_post_increment_moves_a_word_as_it_is():  # F53
    assert result("ld.pi", value=-5) == -5
    assert result("sd.pi", b=-5) == -5
    assert [(meaning(name).kind, meaning(name).size) for name in ("ld.pi", "sd.pi")] == [
        (Kind.LOAD_AND_STEP, 8),
        (Kind.STORE_AND_STEP, 8),
    ]
