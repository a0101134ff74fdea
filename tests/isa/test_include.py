"""`.include`: another file's lines in place of the directive, and each of them with its own place in messages."""

import os

import pytest

from isa import AssemblyError, Program, assemble
from isa.include import DEEPEST


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A function that writes files by name, in the current directory of the test."""
    monkeypatch.chdir(tmp_path)

    def write(texts):
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


def complaint(path="p.s"):
    """The one diagnostic of a file that has one mistake."""
    with pytest.raises(AssemblyError) as caught:
        Program.load(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def code(source):
    return assemble(source).segments[0].data


# what it means


def test_the_lines_stand_in_place_of_the_directive(files):
    files({"p.s": 'li a0, 1\n.include "q.inc"\nli a0, 3\n', "q.inc": "li a0, 2\n"})
    assert Program.load("p.s").segments[0].data == code("li a0, 1\nli a0, 2\nli a0, 3\n")


def test_a_file_without_an_end_to_its_last_line_is_whole(files):
    files({"p.s": '.include "q.inc"\nli a0, 3\n', "q.inc": "li a0, 2"})
    assert Program.load("p.s").segments[0].data == code("li a0, 2\nli a0, 3\n")


def test_the_name_is_relative_to_the_folder_of_the_including_file(files):
    files({"a/p.s": '.include "b/q.inc"\n', "a/b/q.inc": '.include "r.inc"\n', "a/b/r.inc": "li a0, 7\n"})
    assert Program.load("a/p.s").segments[0].data == code("li a0, 7\n")


def test_the_current_directory_is_not_searched(files):
    files({"a/p.s": '.include "q.inc"\n', "q.inc": "nop\n"})
    assert complaint("a/p.s").message.startswith("there is no file 'a/q.inc'")


def test_a_source_without_a_path_includes_from_the_current_directory(files):
    files({"lib/q.inc": "li a0, 7\n"})
    assert assemble('.include "lib/q.inc"\n').segments[0].data == code("li a0, 7\n")


def test_an_absolute_name_is_taken_as_it_is(files, tmp_path):
    files({"p.s": f'.include "{tmp_path}/lib/q.inc"\n', "lib/q.inc": "li a0, 7\n"})
    assert Program.load("p.s").segments[0].data == code("li a0, 7\n")


def test_labels_before_the_directive_name_what_the_file_begins_with(files):
    files({"q.inc": "li a0, 2\n"})
    assert assemble('nop\nhere: .include "q.inc"\n').symbols["here"] == 0x10004


def test_what_follows_on_the_line_comes_after_the_file(files):
    files({"q.inc": "li a0, 2\n"})
    assert assemble('li a0, 1; .include "q.inc"; li a0, 3\n').segments[0].data == code("li a0, 1\nli a0, 2\nli a0, 3\n")


def test_names_go_both_ways(files):
    files({"q.inc": "inner: li a0, SIZE\n j outer\n .equ DOUBLE, SIZE * 2\n"})
    program = assemble('.equ SIZE, 5\n.include "q.inc"\nouter: li a1, DOUBLE\n j inner\n')
    assert program.segments[0].data == code("inner: li a0, 5\n j outer\nouter: li a1, 10\n j inner\n")


def test_the_section_that_a_file_ends_in_goes_on(files):
    files({"q.inc": ".data\n .word 1\n"})
    assert [segment.name for segment in assemble('nop\n.include "q.inc"\n.word 2\n').segments] == [".text", ".data"]


def test_numeric_labels_know_no_files(files):
    files({"q.inc": "j 1b\n1: j 1f\n"})
    program = assemble('1: nop\n.include "q.inc"\nj 1b\n1: nop\n')
    assert program.segments[0].data == code("1: nop\nj 1b\n1: j 1f\nj 1b\n1: nop\n")


def test_a_file_may_be_included_twice(files):
    files({"q.inc": ".word 0x13\n"})
    assert assemble('.include "q.inc"\n.include "q.inc"\n').segments[0].data == code("nop\nnop\n")


def test_an_include_in_a_comment_is_none():
    assert code('nop # .include "none.inc"\n') == code("nop\n")


# which line is whose


def test_an_included_instruction_has_the_line_of_its_own_file(files):
    files({"p.s": 'nop\n.include "lib/q.inc"\n nop # mine\n', "lib/q.inc": "# two words\n li a0, 2\n"})
    source_map = Program.load("p.s").source_map
    lines = [source_map.line_at(address) for address in (0x10000, 0x10004, 0x10008)]
    assert [(line.file, line.number, line.text) for line in lines] == [
        ("p.s", 1, "nop"),
        ("lib/q.inc", 2, " li a0, 2"),
        ("p.s", 3, " nop # mine"),
    ]


def test_a_line_number_speaks_of_the_programs_own_source_unless_a_file_is_named(files):
    files({"p.s": 'nop\n.include "q.inc"\nnop\n.include "q.inc"\n', "q.inc": "ret\n"})
    source_map = Program.load("p.s").source_map
    assert source_map.addresses_of(1) == (0x10000,)
    assert source_map.addresses_of(1, "q.inc") == (0x10004, 0x1000C)


def test_the_lines_of_a_program_are_those_of_its_own_file(files):
    files({"p.s": 'nop\n.include "q.inc"', "q.inc": "#? exit_status == 7\n"})
    assert Program.load("p.s").source_map.lines == ("nop", '.include "q.inc"')


# mistakes


def test_a_mistake_in_an_included_file_is_shown_there(files):
    files({"p.s": 'nop\n.include "lib/q.inc"\n', "lib/q.inc": "nop\n\taddi\ta0, a0, 5000  # big\n"})
    assert str(complaint()) == (
        "lib/q.inc:2:15: error: 'addi' immediate 5000 does not fit in 12 bits signed (-2048..2047)\n"
        "    \taddi\ta0, a0, 5000  # big\n"
        "    \t    \t        ^~~~"
    )


def test_a_line_that_cannot_be_read_is_shown_where_it_is(files):
    files({"p.s": 'nop\n.include "q.inc"\n', "q.inc": "nop )\n"})
    diagnostic = complaint()
    assert (diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.source) == ("q.inc", 1, 5, "nop )")


def test_a_comment_does_not_go_on_beyond_its_file(files):
    files({"p.s": '.include "q.inc"\nnop */\n', "q.inc": "nop /* open\n"})
    with pytest.raises(AssemblyError, match=r"q\.inc:1:5: error: this comment is never closed"):
        Program.load("p.s")


def test_mistakes_of_all_files_are_reported_at_once(files):
    files({"p.s": 'frob\n.include "q.inc"\nfrob\n', "q.inc": "frob\n"})
    with pytest.raises(AssemblyError) as caught:
        Program.load("p.s")
    assert [(found.file, found.line) for found in caught.value.diagnostics] == [("p.s", 1), ("p.s", 3), ("q.inc", 1)]


def test_a_mistake_in_a_file_that_is_included_twice_is_one(files):
    files({"p.s": '.include "q.inc"\n.include "q.inc"\n', "q.inc": "frob\n"})
    assert complaint().file == "q.inc"


def test_a_duplicate_label_names_the_file_of_the_first(files):
    files({"p.s": 'nop\na: nop\n.include "q.inc"\n', "q.inc": "a: nop\n"})
    diagnostic = complaint()
    assert (diagnostic.file, diagnostic.message) == ("q.inc", "label 'a' is already defined on line 2 of p.s")


def test_an_assignment_to_a_label_names_the_file_of_the_label(files):
    files({"p.s": '.include "q.inc"\n.equ a, 1\n', "q.inc": "a: nop\n"})
    assert complaint().message == "'a' is already a label on line 1 of q.inc"


@pytest.mark.parametrize(
    ("directive", "column", "message"),
    [
        (".include", 2, "'.include' takes the name of one file, such as \"lib.inc\""),
        (".include q.inc", 11, "'.include' takes the name of one file, such as \"lib.inc\""),
        ('.include "q.inc", "q.inc"', 2, "'.include' takes the name of one file"),
        ('.include "none.inc"', 11, "there is no file 'none.inc'; a name is relative to the folder of the file that"),
        ('.include "lib"', 11, "'lib' cannot be read: Is a directory; '.include' takes a source text"),
        ('.include "q.inc/r.inc"', 11, "'q.inc/r.inc' cannot be read: Not a directory"),
        ('.include "a\\0b"', 11, "cannot be read: embedded null byte"),
        ('.include "latin.inc"', 11, "'latin.inc' is no source text: byte 0xe9 is not UTF-8 text, on line 2 of it"),
        ('.include "p.s"', 11, "'p.s' would include itself (p.s -> p.s); take one of these out"),
        ('.include "./lib/../p.s"', 11, "'lib/../p.s' would include itself"),
        ('.inclde "q.inc"', 2, "unknown directive '.inclde'; did you mean '.include'?"),
        ('.incbin "q.inc"', 2, "'.incbin' is not supported; write the bytes out with '.byte'"),
        ('#include "q.inc"', 1, "there is no preprocessor here; '.include \"file\"' takes a file's lines in"),
    ],
)
def test_the_mistake_is_named_at_the_directive(files, directive, column, message):
    files({"p.s": f"nop\n {directive}\n", "q.inc": "nop\n", "latin.inc": b"nop\n # caf\xe9\n", "lib/x": ""})
    diagnostic = complaint()
    assert (diagnostic.file, diagnostic.line, diagnostic.column) == ("p.s", 2, column)
    assert message in diagnostic.message


def test_a_file_that_is_not_there_is_the_only_mistake(files):
    files({"p.s": '.include "none.inc"\n j defined_there\n'})
    assert complaint().line == 1


def test_a_cycle_is_found_where_it_closes(files):
    files({"p.s": 'nop\n.include "q.inc"\n', "q.inc": '.include "r.inc"\n', "r.inc": 'nop\n\n.include "q.inc"\n'})
    diagnostic = complaint()
    assert (diagnostic.file, diagnostic.line, diagnostic.column) == ("r.inc", 3, 10)
    assert diagnostic.message == "'q.inc' would include itself (p.s -> q.inc -> r.inc -> q.inc); take one of these out"


def test_a_link_to_the_including_file_is_a_cycle(files):
    files({"p.s": 'nop\n.include "q.inc"\n'})
    os.symlink("p.s", "q.inc")
    assert "would include itself" in complaint().message


def test_includes_go_only_so_deep(files):
    files({f"{number}.inc": f'.include "{number + 1}.inc"\n' for number in range(DEEPEST + 5)})
    files({"p.s": 'nop\n.include "0.inc"\n'})
    assert complaint().message == f"'{DEEPEST}.inc' lies {DEEPEST + 1} includes deep; {DEEPEST} is the most"


def test_an_entry_in_an_included_files_data_is_refused_at_its_line(files):
    files({"p.s": 'nop\n.include "q.inc"\n', "q.inc": ".data\n_start: .word 5\n"})
    diagnostic = complaint()
    assert (diagnostic.file, diagnostic.line) == ("q.inc", 2)
