"""Which lines are read: line ends and marks, macros, repetitions, conditions; and where their mistakes are shown."""

import time

import pytest

from isa import AssemblyError, Program, assemble, reader
from isa.include import MOST_FILES


def complaint(source):
    """The one diagnostic of a source that has one mistake."""
    with pytest.raises(AssemblyError) as caught:
        assemble(source, "p.s")
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def line_of_the_mistake(source):
    return complaint(source).line


# lines


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c", "\r"])
def test_only_a_newline_ends_a_line(mark):
    assert line_of_the_mistake(f"nop # {mark} frob\nfrob\n") == 2


def test_a_return_before_the_newline_belongs_to_it():
    assert line_of_the_mistake("nop\r\nnop\r\nfrob\r\n") == 3
    assert assemble("nop\r\nret\r\n").source_map.lines == ("nop", "ret")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "q.inc").write_bytes(b"\xef\xbb\xbfret\n")
    path = tmp_path / "p.s"
    path.write_bytes(b'\xef\xbb\xbf_start: nop\n.include "q.inc"\n')
    program = Program.load(path)
    assert program.segments[0].data == assemble("nop\nret\n").segments[0].data
    assert program.source_map.lines[0] == "_start: nop"


def test_a_byte_order_mark_moves_no_column(tmp_path):
    path = tmp_path / "p.s"
    path.write_bytes(b"\xef\xbb\xbffrob\n")
    with pytest.raises(AssemblyError, match=r"p\.s:1:1: error: unknown instruction 'frob'"):
        Program.load(path)


def test_a_comment_over_lines_keeps_their_count():
    assert line_of_the_mistake("nop /* one\n two\n three */ nop\nfrob\n") == 4


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("li a0, \u00b2", "'\u00b2' is neither a digit nor a letter here"),
        ("li a0, 1\u00b2", "'1\u00b2' is no number"),
        ("li a0, \u0663", "'\u0663' means nothing here"),
        ("li a0, 0x\u0661", "'0x\u0661' is no number"),
        ("\u0661: nop", "unexpected '\u0661'; expected a name"),
        (f"li a0, {'9' * 10000}", "does not fit in 64 bits"),
        (f"li a0, 0x{'f' * 10000}", "does not fit in 64 bits"),
        (f"li a0, 0b{'1' * 100}", "does not fit in 64 bits"),
        (f"li a0, {'1' * 5000}b", "is too long for the number of a label"),
        (f"{'1' * 5000}: nop", "is too long for the number of a label"),
        ("li a0, 1_000", "'1_000' is no number"),
        ("li a0, 0x", "'0x' is no number"),
        ("li a0, 12ab", "'12ab' is no number"),
        (f".align {'1' * 5000}", "does not fit in 64 bits"),
        (f".rept {'1' * 5000}\n.endr", "does not fit in 64 bits"),
        ("nop \x00", "'\\x00' means nothing here"),
        (f"li a0, {'(' * 50000}1", "this '(' is never closed"),
        (f"li a0, 1{')' * 50000}", "unexpected ')'"),
        (f"li a0, {'(' * 200000}1{')' * 200000}", "this is nested more than 100,000 deep"),
        (f"li a0, {'-' * 200000}1", "this is nested more than 100,000 deep"),
        (f"li a0, {'1+' * 50000}", "the line ends too early"),
        (f"j {'x' * 100000}", "undefined symbol 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'"),
        (f"{'x' * 100000} a0", "unknown instruction 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'"),
    ],
    ids=range(23),
)
def test_a_number_that_is_none_is_one_short_mistake(source, message):
    diagnostic = complaint(source + "\n nop\n")
    assert message in diagnostic.message
    assert len(str(diagnostic)) < 1000


def test_zeros_before_a_number_count_for_nothing():
    assert assemble(f"li a0, {'0' * 10000}17\n").segments == assemble("li a0, 017\n").segments


def test_an_expression_may_be_as_long_and_as_deep_as_it_likes():
    for expression in ("1" + "+1" * 9999, "(" * 20000 + "10000" + ")" * 20000, "-" * 20000 + "10000",
                       "10000 + (1 * (" * 5000 + "0" + "))" * 5000 + " - 49990000"):  # fmt: skip
        assert assemble(f"li a0, {expression}\n").segments == assemble("li a0, 10000\n").segments


def test_names_may_wait_for_each_other_in_a_long_chain():
    chain = "".join(f".equ b{n}, b{n + 1} + 1\n" for n in range(5000))
    program = assemble(f"{chain}.equ b5000, 1\n_start: li a0, b0\n")
    assert program.segments[0].data == assemble("li a0, 5001\n").segments[0].data
    assert program.constants["b0"] == 5001


def test_names_that_wait_for_each_other_in_a_circle_are_named():
    with pytest.raises(AssemblyError, match=r"'x' is defined by itself \(x -> y -> z -> x\)"):
        assemble("x = y\n y = z + 1\n z = x\n nop\n")


def test_a_line_of_megabytes_is_shown_around_its_mistake():
    text = str(complaint(f"{'nop;' * 20000} frob; {'nop;' * 20000}"))
    assert "frob" in text
    assert len(text) < 1000


# macros and repetitions


def test_a_mistake_in_a_macro_names_where_it_stands_and_where_it_was_called():
    diagnostic = complaint(".macro m a\n nop\n  addi \\a, \\a, 5000\n.endm\nnop\nm a0\n")
    assert (diagnostic.line, diagnostic.column, diagnostic.source) == (3, 16, "  addi a0, a0, 5000")
    assert diagnostic.message.endswith("does not fit in 12 bits signed (-2048..2047), in macro 'm' from line 6")


def test_a_mistake_that_is_found_last_names_both_places_too():
    diagnostic = complaint(".macro m\nj nowhere\n.endm\nnop\nm\n")
    assert (diagnostic.line, diagnostic.message) == (2, "undefined symbol 'nowhere', in macro 'm' from line 5")


def test_a_mistake_in_a_repetition_names_both_places():
    diagnostic = complaint("nop\n.rept 3\nnop\nfrob\n.endr\n")
    assert (diagnostic.line, diagnostic.message) == (4, "unknown instruction 'frob', in '.rept' from line 2")
    diagnostic = complaint("nop\n.irp r, a0, q9\nmv \\r, a0\n.endr\n")
    assert (diagnostic.line, diagnostic.source) == (3, "mv q9, a0")
    assert diagnostic.message.endswith(", in '.irp' from line 2")


def test_macros_in_macros_name_the_whole_way(tmp_path):
    (tmp_path / "q.inc").write_text(".macro inner\nfrob\n.endm\n")
    path = tmp_path / "p.s"
    path.write_text('.include "q.inc"\n.macro outer\n.rept 1\ninner\n.endr\n.endm\nouter\n')
    with pytest.raises(AssemblyError) as caught:
        Program.load(path)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.file, diagnostic.line) == (str(tmp_path / "q.inc"), 2)
    way = f"in macro 'inner' from line 4 of {path}, in '.rept' from line 3 of {path}, in macro 'outer' from line 7 of"
    assert way in diagnostic.message


def test_instructions_of_a_macro_are_mapped_to_its_lines():
    line = assemble(".macro m a\nnop\nmv \\a, a1\n.endm\nm a0\n", "p.s").source_map.line_at(0x10004)
    assert (line.number, line.text, line.within.what, line.within.line.number) == (3, "mv a0, a1", "macro 'm'", 5)


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        (".macro m\nnop", 1, "'.macro' is never closed with '.endm'"),
        (".rept 2\nnop", 1, "'.rept' is never closed with '.endr'"),
        (".macro\n.endm\nnop", 1, "takes a name"),
        (".macro m a:rec\n.endm\nnop", 1, "takes parameters such as"),
        (".macro m a, a\n.endm\nnop", 1, "has two parameters 'a'"),
        (".macro m\n.endm\n.macro m\n.endm\nnop", 3, "'m' is already defined on line 1; '.purgem' forgets it"),
        (".macro m a:req\n.endm\nm\nnop", 3, "'m' needs a value for 'a'"),
        (".macro m a\n.endm\nm 1 2\nnop", 3, "'m' takes 1 argument, and here are more"),
        (".macro m count\n.endm\nm cout=2\nnop", 3, "'m' has no parameter 'cout'; did you mean 'count'?"),
        (".macro m a b\n.endm\nm a=2 3\nnop", 3, "takes arguments by position only before those by name"),
        (".purgem q\nnop", 1, "knows no macro 'q'"),
        (".endm\nnop", 1, "without a beginning"),
        (".endr\nnop", 1, "without a beginning"),
        (".exitm\nnop", 1, "outside of a macro"),
        (".rept -1\n.endr\nnop", 1, "takes a number from 0 up, not -1"),
        (".rept x\n.endr\nnop", 1, "undefined symbol 'x'"),
        (".irp\n.endr\nnop", 1, "takes a name and what it stands for"),
        (".if x\nnop\n.endif\nnop", 1, "undefined symbol 'x'"),
        ("x: .if x\nnop\n.endif\nnop", 1, "takes a number, not an address"),
        (".if 1\nnop", 1, "'.if' is never closed with '.endif'"),
        (".else\nnop", 1, "without an '.if' before it"),
        (".endif\nnop", 1, "without an '.if' before it"),
        (".if 1\nnop\n.else\n.else\n.endif", 4, "after '.else' of the '.if' on line 1"),
        (".ifdef 5\n.endif\nnop", 1, "takes a name"),
        (".ifc a\n.endif\nnop", 1, "takes two texts"),
        (".macro m\n.if 1\n.endm\nm\nnop", 2, "'.if' is never closed with '.endif', in macro 'm' from line 4"),
    ],
)
def test_the_mistake_is_named_where_it_is(source, line, message):
    diagnostic = complaint(source + "\n")
    assert message in diagnostic.message
    assert diagnostic.line == line


def test_what_a_wrong_condition_decides_is_not_read():
    assert complaint(".if x\nfrob\n.else\nfrob\n.endif\nnop\n").line == 1


# limits


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (".rept 1 << 40\nnop\n.endr\n", 1),
        (".rept 100\n.rept 1000\nnop\n.endr\n.endr\n", 3),
        (".macro m\nm\n.endm\nm\n", 2),
    ],
)
def test_expansions_without_end_are_one_mistake(source, line, monkeypatch):
    monkeypatch.setattr(reader, "MOST_EXPANDED", 10000)
    assert complaint(f"nop\n{source}j nowhere\n").line == line + 1


def test_nothing_may_be_repeated_as_often_as_one_likes():
    assert assemble("nop\n.rept 1 << 40\n.endr\n").segments[0].data == assemble("nop\n").segments[0].data


def test_macros_that_call_themselves_twice_end_at_the_limit(monkeypatch):
    monkeypatch.setattr(reader, "MOST_EXPANDED", 1000)
    diagnostic = complaint(".macro m n\n.if \\n\nm \\n-1\nm \\n-1\n.endif\n.endm\nm 30\n")
    assert "macros and repetitions make more than 1000 statements, in macro 'm' from line 3" in diagnostic.message
    assert diagnostic.message.endswith(", ..., in macro 'm' from line 7")


def test_a_file_that_includes_more_and_more_is_stopped(tmp_path):
    for number in range(8):
        (tmp_path / f"{number}.s").write_text(f'.include "{number + 1}.s"\n' * 20)
    (tmp_path / "8.s").write_text("nop\n")
    start = time.process_time()
    with pytest.raises(AssemblyError) as caught:
        Program.load(tmp_path / "0.s")
    assert time.process_time() - start < 3
    (diagnostic,) = caught.value.diagnostics
    assert f"is included too often: {MOST_FILES} files in all is the most" in diagnostic.message


def test_a_thousand_mistakes_are_enough():
    with pytest.raises(AssemblyError) as caught:
        assemble("frob\n" * 5000)
    assert len(caught.value.diagnostics) == 1000


def test_zeros_beyond_measure_take_no_memory_and_are_refused_by_name():
    program = assemble("nop\n.bss\nx: .space 0x7fffffffffff\n")
    assert program.segments[-1].memory_size == 0x7FFFFFFFFFFF
    beyond = f"nop\n.bss\n.space {(1 << 62) - 1}\n.space {(1 << 62) - 1}\n.space 8\n"
    assert "grows beyond any address space" in complaint(beyond).message
    assert "grows beyond 256 MiB" in complaint("nop\n.data\n.space 1 << 40\n").message
    assert "grows beyond 256 MiB" in complaint("nop\n.section .tbss\n.space 1 << 40\n").message
    several = "".join(f'.section .d{n}, "aw"\n.space 200 << 20\n' for n in range(9))
    assert "all sections together grow beyond 256 MiB" in complaint(f"nop\n{several}").message
    assert "grows beyond 256 MiB" in complaint("nop\n.data\n.org 1 << 40\n").message
    assert "grows beyond 256 MiB" in complaint("nop\n.data\n.fill 1 << 30, 8, 1\n").message
