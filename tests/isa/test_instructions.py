"""The table of instructions."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.encoding import Form, aqrl_of, encode, immediate, rd_of, rs1_of, rs2_of
from isa.instructions import BY_NAME, INSTRUCTIONS, Op, find, reference_page

words = st.integers(0, 2**32 - 1)

READERS = {"rd": rd_of, "rs1": rs1_of, "rs2": rs2_of, "aqrl": aqrl_of}
FIELDS = {
    Form.R: ("rd", "rs1", "rs2"),
    Form.S: ("rs1", "rs2"),
    Form.B: ("rs1", "rs2"),
    Form.U: ("rd",),
    Form.J: ("rd",),
    Form.AMO: ("rd", "rs1", "rs2", "aqrl"),
    Form.FIXED: ("rd",),
}


def instances(noise):
    """One word of every row: its fixed bits, and the noise wherever fields are."""
    return [(row, row.match | noise & ~row.mask) for row in INSTRUCTIONS]


@given(words)
def test_fields_read_from_a_word_encode_to_the_same_word(noise):
    for row, word in instances(noise):
        fields = {name: READERS[name](word) for name in FIELDS.get(row.form, ("rd", "rs1"))}
        assert encode(row.match, row.form, imm=immediate(word, row.form), **fields) == word, row.name


@given(words)
def test_a_word_is_found_as_the_row_it_was_made_from(noise):
    assert [row.name for row, word in instances(noise) if find(word) is not row] == []


@given(words)
def test_a_word_is_at_most_one_instruction(word):
    assert sum(word & row.mask == row.match for row in INSTRUCTIONS) == (find(word) is not None)


def test_no_word_can_match_two_rows():
    for one, other in combinations(INSTRUCTIONS, 2):
        assert (one.match ^ other.match) & one.mask & other.mask, f"{one.name} and {other.name}"


def test_a_match_has_no_bits_outside_its_mask():
    assert [row.name for row in INSTRUCTIONS if row.match & ~row.mask] == []


def test_op_numbers_are_the_rows_of_the_table():
    assert [Op[row.name.upper().replace(".", "_")] for row in INSTRUCTIONS] == list(range(len(INSTRUCTIONS)))


@pytest.mark.parametrize(("extension", "count"), [("RV64I", 52), ("M", 13), ("A", 22), ("Zicntr", 3), ("Teaching", 3)])
def test_each_extension_is_whole(extension, count):
    # RV32I has 40 instructions (fence, ecall, ebreak included), RV64I adds 15 of which 3 are wider shifts of the same
    # name; volume I, chapter "RV32/64G Instruction Set Listings". M and A: 13 and 22 there.
    assert sum(row.extension == extension for row in INSTRUCTIONS) == count


@pytest.mark.parametrize(
    ("word", "name"),
    [(0x00000013, "addi"), (0x00000073, "ecall"), (0x00100073, "ebreak"), (0x12000073, "sfence.vma"),
     (0xC0002573, "rdcycle"), (0xC0102573, "rdtime"), (0xC0202573, "rdinstret"), (0x0000100F, "fence.i"),
     (0x1005252F, "lr.w"), (0x1605252F, "lr.w"), (0x00C5850B, "bcopy"), (0x0085950B, "ld.pi"), (0x00A5A40B, "sd.pi")],
)  # fmt: skip
def test_a_known_word_is_its_instruction(word, name):
    assert find(word) is BY_NAME[name]


@pytest.mark.parametrize(
    ("word", "what"),
    [(0, "all zeros"), (0xFFFFFFFF, "all ones"), (0xC0001073, "unimp"), (0x30200073, "mret"), (0x00053007, "fld"),
     (0x30002573, "csrr a0, mstatus"), (0xC0052573, "csrrs a0, cycle, a0"), (0x4501, "c.li"),
     (0x1015252F, "lr.w with rs2")],
)  # fmt: skip
def test_other_words_are_illegal(word, what):
    assert find(word) is None, what


def test_the_reference_page_has_a_row_for_every_instruction():
    page = reference_page()
    assert [row.name for row in INSTRUCTIONS if f"| `{row.name} {row.syntax}".strip() + "` |" not in page] == []


def test_the_reference_page_says_what_pseudo_instructions_stand_for():
    assert "| `beqz rs1, target` | `beq rs1, zero, target` |" in reference_page()


def test_table_cells_of_the_reference_page_stay_inside_their_columns():
    tables = reference_page().partition("## Pseudo")[0]
    rows = [line for line in tables.splitlines() if line.startswith("| `")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}
