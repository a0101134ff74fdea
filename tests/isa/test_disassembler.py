"""Words back to text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa import assemble, disassemble
from tests.isa.test_instructions import instances


def reassembled(words):
    """The words that their own text assembles to."""
    data = assemble("".join(f"{disassemble(word)}\n" for word in words)).segments[0].data
    return [int.from_bytes(data[place : place + 4], "little") for place in range(0, len(data), 4)]


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_every_instructions_text_assembles_to_the_same_word(noise):
    words = [word for _, word in instances(noise)]
    assert list(map(hex, reassembled(words))) == list(map(hex, words))


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1))
def test_any_words_text_assembles_to_the_same_word(words):
    assert reassembled(words) == words


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (0x00000013, "addi zero, zero, 0"),
        (0xFE113C23, "sd ra, -8(sp)"),
        (0x00C5853B, "addw a0, a1, a2"),
        (0xFFDFF06F, "jal zero, .-4"),
        (0x12345537, "lui a0, 0x12345"),
        (0x1605A52F, "lr.w.aqrl a0, (a1)"),
        (0x0330000F, "fence rw, rw"),
        (0xC0002573, "rdcycle a0"),
        (0x8330000F, "fence.tso"),
        (0xC0001073, "unimp"),
        (0x00000000, ".word 0x00000000"),
        (0x00C5850B, "bcopy a0, a1, a2"),
    ],
)
def test_text_is_what_one_would_write(word, text):
    assert disassemble(word) == text


def test_a_branch_says_where_it_leads_if_its_address_is_known():
    assert disassemble(0x00000463, 0x10000) == "beq zero, zero, .+8  # 0x10008"


def test_a_listing_shows_labels_addresses_words_and_targets():
    listing = disassemble(assemble("_start: addi a0, zero, 1\nloop: bne a0, zero, loop\n"))
    assert listing.splitlines() == [
        ".text r-x 0x10000..0x10008",
        "0x10000 <_start>:",
        "     10000:  00100513  addi a0, zero, 1",
        "0x10004 <loop>:",
        "     10004:  00051063  bne a0, zero, loop",
        "",
    ]
