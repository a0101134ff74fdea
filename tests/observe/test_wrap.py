"""Where lines of a story are broken (F104)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from emulator.observe.wrap import wrapped


def broken(text, width):
    return wrapped(Text(text), width).plain.split("\n")


def test_a_line_goes_on_under_its_words_in_a_row_and_indented_elsewhere():
    assert broken("  cost     first second", 18) == ["  cost     first", "           second"]
    assert broken("munmap   first second", 15) == ["munmap   first", "    second"]


def test_a_word_that_is_longer_than_the_line_stands_whole():
    assert broken("at: 0x3fb7a0080000 now", 8) == ["at:", "    0x3fb7a0080000", "    now"]


@pytest.mark.parametrize("pair", ["va 0x3fb7a008", "trap 1,900,", "141 cycles:"])
def test_a_name_and_its_number_stay_together(pair):
    assert broken(f"first, {pair} last", len(pair) + 4) == ["first,", f"    {pair}", "    last"]


def test_styles_stay_with_their_words():
    text = wrapped(Text.assemble(("bold words", "bold"), " plain"), 8)
    assert [text.plain[span.start : span.end].strip() for span in text.spans] == ["bold", "words"]


@given(st.lists(st.text("abc019x,.()", min_size=1, max_size=12), min_size=1, max_size=30), st.integers(10, 40))
def test_no_word_is_ever_broken_and_none_is_lost(words, width):
    lines = broken(" ".join(words), width)
    assert " ".join(lines).split() == words
