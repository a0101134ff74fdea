"""Fields of instruction words. Expected words are from the RISC-V manual's formats, worked out by hand."""

import numba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.encoding import LIMITS, Form, aqrl_of, check_immediate, encode, immediate, place, rd_of, rs1_of, rs2_of
from isa.errors import EncodingError
from isa.instructions import BY_NAME

words = st.integers(0, 2**32 - 1)
forms = st.sampled_from(list(Form))


@pytest.mark.parametrize(
    ("form", "word", "value"),
    [
        (Form.I, 0xFFF00513, -1),  # addi a0, zero, -1
        (Form.I, 0x7FF00513, 2047),
        (Form.I, 0x80000513, -2048),
        (Form.S, 0xFE113C23, -8),  # sd ra, -8(sp)
        (Form.S, 0x00113423, 8),
        (Form.B, 0xFE000EE3, -4),  # beq zero, zero, .-4
        (Form.B, 0x00000463, 8),
        (Form.B, 0x7E000FE3, 4094),
        (Form.B, 0x80000063, -4096),
        (Form.U, 0x12345537, 0x12345000),  # lui a0, 0x12345
        (Form.U, 0x80000537, -0x80000000),
        (Form.J, 0xFFDFF06F, -4),  # jal zero, .-4
        (Form.J, 0x0100006F, 16),
        (Form.J, 0x8000006F, -(1 << 20)),
        (Form.J, 0x7FFFF06F, (1 << 20) - 2),
        (Form.SHIFT, 0x43F55513, 63),  # srai a0, a0, 63
        (Form.SHIFT_W, 0x41F5551B, 31),  # sraiw a0, a0, 31
        (Form.FENCE, 0x0330000F, 0x33),  # fence rw, rw
        (Form.FIXED, 0xFFFFFFFF, 0),
        (Form.R, 0xFFFFFFFF, 0),
        (Form.AMO, 0xFFFFFFFF, 0),
    ],
)
def test_the_immediate_is_read_from_its_scattered_bits(form, word, value):
    assert immediate(word, form) == value


@given(form=forms, data=st.data())
def test_an_immediate_placed_is_read_back(form, data):
    low, high, step, _ = LIMITS.get(form, (0, 0, 1, ""))
    value = data.draw(st.integers(low // step, high // step)) * step
    assert immediate(place(value, form), form) == value


@given(form=forms, word=words)
def test_placing_what_was_read_gives_only_bits_of_the_word(form, word):
    assert place(immediate(word, form), form) & ~word == 0


def test_a_compiled_immediate_is_the_plain_one():
    compiled = numba.njit(immediate)
    samples = [0, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0xAAAAAAAA, 0x55555555, *(1 << bit for bit in range(32))]
    for form in Form:
        assert [compiled(word, int(form)) for word in samples] == [immediate(word, form) for word in samples]


def test_register_fields_are_where_the_manual_puts_them():
    word = 0x01FF8533  # add a0, t6, t6
    assert (rd_of(word), rs1_of(word), rs2_of(word)) == (10, 31, 31)


def test_acquire_is_the_higher_ordering_bit():
    assert [aqrl_of(0x1005252F | bits << 25) for bits in range(4)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("form", "value"),
    [(Form.I, 2048), (Form.I, -2049), (Form.S, 2048), (Form.B, 4096), (Form.B, 3), (Form.J, 1 << 20), (Form.J, 1),
     (Form.U, 1), (Form.U, 1 << 31), (Form.SHIFT, 64), (Form.SHIFT, -1), (Form.SHIFT_W, 32), (Form.R, 1)],
)  # fmt: skip
def test_an_immediate_that_does_not_fit_is_refused(form, value):
    with pytest.raises(EncodingError, match=str(value)):
        check_immediate(value, form)


def test_a_refusal_names_the_range():
    with pytest.raises(EncodingError, match=r"immediate 5000 does not fit in 12 bits signed \(-2048\.\.2047\)"):
        encode(BY_NAME["addi"].match, Form.I, imm=5000)


def test_a_register_beyond_31_is_refused():
    with pytest.raises(EncodingError, match=r"32 is not in 0\.\.31"):
        encode(BY_NAME["add"].match, Form.R, rd=32)
