"""Logs as text and as binary records: one says what the other does, and what is none is named with its record."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.audit import Audit, open_log
from emulator.audit.binary import HEADER, LAYOUT, write_binary
from emulator.audit.text import write_text
from emulator.base.errors import LogError
from tests.audit.logs import start, text_of

words = st.integers(0, (1 << 64) - 1)
harts = st.integers(0, 0xFFFF)
pcs = st.one_of(st.just(""), words.map(lambda pc: f" pc={pc:#x}"))
vas = st.one_of(st.just(""), words.map(lambda va: f" va={va:#x}"))
asids = st.one_of(st.just(""), harts.map(lambda asid: f" asid={asid}"))
LINES = st.one_of(
    st.builds("hart {}".format, harts),
    st.builds(
        "space {} {} {:#x} {}".format,
        st.integers(0, (1 << 32) - 1),
        st.sampled_from(["bare", "sv39", "sv48", "sv57"]),
        words.map(lambda word: word & ~4095),
        harts,
    ),
    st.builds("satp {} {}{}".format, harts, st.integers(0, (1 << 32) - 1), pcs),
    st.builds("pte {} {:#x} {:#x}{}".format, harts, words.map(lambda word: word & ~7), words, pcs),
    st.builds("fence {}{}{}{}".format, harts, vas, asids, pcs),
    st.builds(
        "{} {} {:#x}{}{}".format,
        st.sampled_from(["load", "store", "fetch"]),
        harts,
        words,
        pcs,
        st.sampled_from(["", " mode=u", " mode=s"]),
    ),
    st.builds(
        "{} {} {:#x}{}".format, st.sampled_from(["free", "take"]), harts, words.map(lambda word: word & ~4095), pcs
    ),
)


def rows_of(content):
    return list(open_log(io.BytesIO(content)).rows)


def written(write, rows):
    file = io.BytesIO()
    write(rows, file)
    return file.getvalue()


def refused(content):
    """What is said of a log that is none, and how many records were read before."""
    read = []
    try:
        read.extend(open_log(io.BytesIO(content)).rows)
    except LogError as error:
        return error.message, len(read)
    pytest.fail("the log was read to its end")


@given(st.lists(LINES, max_size=30))
def test_a_log_comes_back_from_either_format_as_it_was(lines):
    content = text_of(*lines)
    rows = rows_of(content)
    assert written(write_text, rows) == content
    assert rows_of(written(write_binary, rows)) == rows


def test_comments_and_blank_lines_are_no_records():
    content = b"pagewalk-log 1\n\n# a comment\n1 hart 0 # one\n \n2 hart 0x1\nend 2\n# after it\n"
    assert rows_of(content) == rows_of(text_of("hart 0", "hart 1"))


def test_a_log_longer_than_a_block_is_read_whole():
    rows = rows_of(text_of(*["hart 0"] * 70000))
    assert rows_of(written(write_binary, rows)) == rows


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (["1 hart 0", "3 hart 1", "end 2"], "record 2: is missing or out of order: record 3 stands in its place"),
        (["1 hart 0", "1 hart 1", "end 2"], "record 2: is missing or out of order: record 1 stands in its place"),
        (["1 hart 0", "hart 1", "end 2"], "record 2: 'hart' is where its number has to be"),
        (["1 hart 0", "2 lode 0 0x0", "end 2"], "record 2: 'lode' is no kind of record; did you mean 'load'?"),
        (["1 hart 0", "2", "end 2"], "record 2: '' is no kind of record"),
        (["1 hart 0", "2 load 0", "end 2"], "record 2: load takes hart va; va is missing"),
        (["1 hart 0", "2 load 0 0xg", "end 2"], "record 2: va '0xg' is no number"),
        (["1 hart 0", "2 load 0 \u0661", "end 2"], "record 2: va '\u0661' is no number"),
        (["1 hart 0", "2 load 0 -1", "end 2"], "record 2: va -0x1 is out of range (0..0xffffffffffffffff)"),
        (["1 hart 0", "2 pte 0 0x1004 0", "end 2"], "record 2: address 0x1004 is no multiple of 8, which "
         "an aligned PTE address is"),
        (["1 hart 0", "2 free 0 0x1008", "end 2"], "record 2: frame 0x1008 is no multiple of 4096, which "
         "the address of a page is"),
        (["1 hart 0", "2 load 0 0 size=8", "end 2"], "record 2: 'size=8': load takes pc=, mode="),
        (["1 hart 0", "2 load 0 0 mode=m", "end 2"], "record 2: mode 'm' is none of u, s"),
        (["1 hart 0", "2 load 0 0 pc=1 pc=2", "end 2"], "record 2: 'pc=2': pc is given already"),
        (["1 hart 0", "2 load 0 0 mode=u mode=s", "end 2"], "record 2: 'mode=s': mode is given already"),
        (["1 hart 65536", "end 1"], "record 1: hart 0x10000 is out of range (0..0xffff)"),
        (["1 space 1 sv32 0 0", "end 1"], "record 1: mode 'sv32' is none of bare, sv39, sv48, sv57"),
        (["1 hart 0", "end 2"], "record 2: is missing: the log says that it has '2' records, and has 1"),
        (["1 hart 0", "end 1", "2 hart 1"], "record 2: stands after the end of the log"),
        (["1 hart 0"], "record 2: is missing: the log is cut short, it does not end with `end` and the number of "
         "records"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_record_is_named(lines, error):
    content = "\n".join(["pagewalk-log 1", *lines, ""]).encode()
    assert refused(content)[0] == error


def test_a_line_that_was_cut_is_no_record():
    """Else a load from 0x40 would be found in a log that has one from 0x4000."""
    content = text_of(*start(), "load 0 0x4000")
    for end in range(len(content) - 1, content.index(b"end"), -1):
        if content[:end].endswith(b"end 7"):
            continue  # whole but for the newline
        assert refused(content[:end])[1] == 7
    assert refused(content[: content.index(b"4000")]) == ("record 7: is cut short: its line does not end", 6)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (b"", "is empty"),
        (b"\n", "is no log"),
        (b"pagewalk-logs 1\n", "is no log"),
        (b"pagewalk-log 2\n", "'pagewalk-log 2' is of a version that this pagewalk does not read"),
        (b"pagewalk-log 1 packed\n", "is of a version"),
        (b"\xff" * 1000, "is no log"),
    ],
)
def test_what_is_no_log_or_of_another_version_is_refused(header, error):
    assert error in refused(header)[0]


def binary_log(*lines):
    return bytearray(written(write_binary, rows_of(text_of(*lines))))


def place_of(number, field):
    """Where a field of a record stands in a binary log."""
    return len(HEADER) + (number - 1) * LAYOUT.itemsize + LAYOUT.fields[field][1]


@pytest.mark.parametrize("cut", [1, 39, 40, 41, 79, 80])
def test_a_binary_log_that_is_cut_is_named_with_its_first_record_that_is_not_whole(cut):
    content = binary_log("hart 0", "hart 1")
    error, read = refused(bytes(content[:-cut]))
    assert error.startswith(f"record {3 - (cut - 1) // 40}: ")
    assert "cut short" in error
    assert read == 2 - (cut - 1) // 40


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("number", 5, "is missing or out of order: record 5 stands in its place"),
        ("kind", 99, "its kind 99 is none of 0..10"),
        ("kind", 0, "is missing: the log says that it has 4096 records, and has 1"),
        ("one", 4, "address 0x4 is no multiple of 8, which an aligned PTE address is"),
        ("flags", 2, "flags 0x2 mean nothing in a pte record"),
    ],
)
def test_a_binary_record_that_is_none_is_named(field, value, error):
    content = binary_log("hart 0", "pte 0 0x1000 0", "hart 1")
    content[place_of(2, field)] = value
    if field == "one":
        content[place_of(2, field) + 1] = 0
    assert refused(bytes(content)) == (f"record 2: {error}", 1)


def test_an_access_from_two_privileges_is_none():
    content = binary_log("hart 0", "load 0 0x0")
    content[place_of(2, "flags")] = 24
    assert refused(bytes(content)) == ("record 2: flags 0x18 mean nothing in a load record", 1)


@pytest.mark.parametrize("more", [1, 40])
def test_a_record_after_the_end_is_named(more):
    content = binary_log("hart 0")
    assert refused(bytes(content) + bytes(more))[0] == "record 2: stands after the end of the log"


def test_records_are_of_the_size_that_the_documentation_says():
    assert LAYOUT.itemsize == 40
    assert np.dtype(LAYOUT).names == ("number", "kind", "flags", "hart", "space", "one", "two", "pc")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("load 3 0x0", "names hart 3, which no `hart` record before it declares"),
        ("pte 3 0x0 0", "names hart 3, which"),
        ("fence 3", "names hart 3, which"),
        ("satp 0 7", "names space 7, which no `space` record before it declares"),
        ("hart 0", "hart 0 is declared already"),
        ("space 1 sv39 0x0 0", "space 1 is declared already"),
    ],
)
def test_what_was_never_declared_or_twice_is_named_and_all_before_it_is_audited(line, error):
    audit = Audit()
    with pytest.raises(LogError, match=f"record 7: {error}"):
        audit.feed(open_log(io.BytesIO(text_of(*start(), line, "load 0 0x4000"))).rows)
    assert audit.number == 6
