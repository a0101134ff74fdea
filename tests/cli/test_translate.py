"""`pagewalk translate`: files of accesses through an MMU alone."""

import json
from pathlib import Path

import polars
import pytest

from emulator.cli import invoke
from tests.commands import assert_refused, caller
from tests.pages import LOAD_ACCESS_FAULT, STORE_PAGE_FAULT

FILES = Path(__file__).parents[1] / "translating"
ACCESSES, MAPPINGS = FILES / "accesses.csv", FILES / "mappings.csv"


@pytest.fixture(autouse=True)
def plainly(monkeypatch):
    monkeypatch.setenv("PAGEWALK_ENGINE", "plain")


@pytest.fixture
def pagewalk(capsys):
    return caller(capsys)


def translated(tmp_path, *arguments, accesses=ACCESSES, suffix="parquet"):
    """What became of accesses, a dictionary each."""
    out = tmp_path / f"out.{suffix}"
    assert invoke(["translate", str(accesses), "--map", str(MAPPINGS), "-o", str(out), *arguments]) == 0
    if suffix == "jsonl":
        return [json.loads(line) for line in out.read_text().splitlines()]
    return (polars.read_parquet if suffix == "parquet" else polars.read_csv)(out).to_dicts()


def test_each_access_has_a_row_that_says_what_became_of_it(tmp_path):
    rows = translated(tmp_path)
    assert [row["pa"] for row in rows] == [0x80000, 0x80008, None, 0x234567, None, None, 0x80010]
    assert [row["fault"] for row in rows] == [None, None, "not_present", None, "write_protected", "access", None]
    assert [row["cause"] for row in rows] == [
        None,
        None,
        STORE_PAGE_FAULT,
        None,
        STORE_PAGE_FAULT,
        LOAD_ACCESS_FAULT,
        None,
    ]
    # walks begin below the pointers that those before have left: to a leaf at level 0, or 1, one read is left
    assert [row["references"] for row in rows] == [3, 1, 1 + 1, 1, 0, 3, 0]


def test_error_codes_are_those_of_the_format(tmp_path):
    rows = translated(tmp_path, "--paging", "x86-64")
    assert [row["error"] for row in rows] == [None, None, 0b110, None, 0b111, None, None]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_all_forms_say_the_same(tmp_path, suffix):
    def number(cell):
        return int(cell, 16) if isinstance(cell, str) and cell.startswith("0x") else cell

    rows = translated(tmp_path, suffix=suffix)
    assert [{name: number(cell) for name, cell in row.items()} for row in rows] == translated(tmp_path)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_all_forms_are_read_alike(tmp_path, suffix):
    frame = polars.read_csv(ACCESSES)
    path = tmp_path / f"accesses.{suffix}"
    (frame.write_parquet if suffix == "parquet" else frame.write_ndjson)(path)
    assert translated(tmp_path, accesses=path) == translated(tmp_path)


def test_an_asid_that_mappings_name_has_tables_of_its_own(tmp_path):
    mappings, accesses = tmp_path / "mappings.csv", tmp_path / "accesses.csv"
    mappings.write_text("va,pa,rights,asid\n0x1000,0x2000,rua,1\n0x1000,0x3000,rua,2\n")
    accesses.write_text("va,asid,privilege\n0x1000,1,\n0x1000,2,user\n0x1000,1,supervisor\n")
    out = tmp_path / "out.parquet"
    assert invoke(["translate", str(accesses), "--map", str(mappings), "-o", str(out)]) == 0
    assert polars.read_parquet(out)["pa"].to_list() == [0x2000, 0x3000, None]


def test_tables_may_stand_in_an_image_of_memory(tmp_path, pagewalk):
    image = bytearray(0x4000)
    for place, pte in ((0x1000, 0x2000 >> 2 | 1), (0x2000, 0x3000 >> 2 | 1), (0x3008, 0x5000 >> 2 | 0xD7)):
        image[place : place + 8] = pte.to_bytes(8, "little")
    (tmp_path / "image").write_bytes(image)
    (tmp_path / "accesses.csv").write_text("va,access\n0x1234,store\n")
    status, out, _ = pagewalk(
        *("translate", tmp_path / "accesses.csv", "--image", tmp_path / "image", "--root", "0x1000", "-o", "-")
    )
    assert (status, out.splitlines()[1].split(",")[:3]) == (0, ["0x1234", "store", "0x5234"])


def test_counters_alone_are_those_of_the_whole(pagewalk, tmp_path):
    status, counted, _ = pagewalk("translate", ACCESSES, "--map", MAPPINGS, "--counters")
    assert status == 0
    _, told, _ = pagewalk("translate", ACCESSES, "--map", MAPPINGS, "--counters", "-o", tmp_path / "out.csv")
    assert counted == told
    assert "walk.count           6\n" in counted


def test_without_caches_every_reference_comes_from_memory(pagewalk):
    _, counted, _ = pagewalk("translate", ACCESSES, "--map", MAPPINGS, "--counters", "--no-caches")
    counters = dict(line.split() for line in counted.splitlines())
    assert counters["cache.l3.misses"] == counters["walk.references"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("va,acess\n1,load\n", ":1: 'acess' is no column; did you mean 'access'"),
        ("access\nload\n", ":1: column 'va' is missing"),
        ("va,va\n1,1\n", ":1: column 'va' is there twice"),
        ("va,access\n1,load\n2,lode\n", ":3: access: 'lode'; .*did you mean 'load'"),
        ("va,access\n# a note\n1,load\n2\n", ":4: 1 cell; 2, as its header has, is right"),
        ("va\n0xzz\n", ":2: va: '0xzz' is no whole number"),
        ("va\n18446744073709551616\n", ":2: va: 18446744073709551616 is out of range"),
        ("va,size\n1,8\n1,3\n", ":3: size: 3 bytes"),
        ("va,asid\n1,4096\n", ":2: asid: 4096 is out of range"),
        ("va,size\n,8\n", ":2: va: is missing"),
        ("va\n", ": has no row"),
        ("", ":1: column 'va' is missing"),
    ],
)
def test_what_is_no_access_is_named_by_its_line_and_nothing_is_written(tmp_path, pagewalk, text, error):
    (tmp_path / "bad.csv").write_text(text)
    out = tmp_path / "out.csv"
    assert_refused(pagewalk("translate", tmp_path / "bad.csv", "--map", MAPPINGS, "-o", out), error)
    assert not out.exists()


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_a_mistake_far_into_a_file_leaves_no_half_of_an_output(tmp_path, pagewalk, monkeypatch, suffix):
    monkeypatch.setattr("emulator.translating.files.BATCH", 2)
    (tmp_path / "bad.jsonl").write_text('{"va": 65536}\n' * 5 + '{"va": 1.5}\n')
    out = tmp_path / f"out.{suffix}"
    assert_refused(pagewalk("translate", tmp_path / "bad.jsonl", "--map", MAPPINGS, "-o", out), "bad.jsonl:6: no row")
    assert not out.exists()


def test_what_is_no_parquet_file_is_named(tmp_path, pagewalk):
    (tmp_path / "bad.parquet").write_text("va\n1\n")
    assert_refused(
        pagewalk("translate", tmp_path / "bad.parquet", "--map", MAPPINGS, "--counters"), "bad.parquet: is no"
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("0x1001,0x2000,r,0", "va: 0x1001 is not a multiple of 0x1000"),
        ("0x200000,0x2000,r,1", "pa: 0x2000 is not a multiple of 0x200000, a page at level 1"),
        ("0x1000,0x2000,rq,0", "rights: 'rq'; letters out of rwxugad"),
        ("0x1000,0x2000,u,0", "rights: 'u' grants no access"),
        ("0x1000,0x2000,r,3", "level: 3; 0 .4 KiB. to 2 is right in sv39"),
        ("0x4000000000000000,0x2000,r,0", "va: 0x4000000000000000 is no address that sv39 translates"),
        ("0x0,0x0,r,1\n0x1000,0x2000,r,0", "va: 0x1000 is mapped already, by a larger page"),
        ("0x1000,0x2000,r,0\n0x1000,0x2000,r,0", "va: 0x1000 is mapped already"),
    ],
)
def test_what_cannot_be_mapped_is_named_by_its_line(tmp_path, pagewalk, text, error):
    (tmp_path / "bad.csv").write_text(f"va,pa,rights,level\n{text}\n")
    line = 2 + text.count("\n")
    said = f"bad.csv:{line}: {error}"
    assert_refused(pagewalk("translate", ACCESSES, "--map", tmp_path / "bad.csv", "--counters"), said)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--counters"], "with which page tables"),
        (["--map", MAPPINGS], "what for"),
        (["--map", MAPPINGS, "--root", "0x1000", "--counters"], "--root: goes with --image"),
        (["--image", ACCESSES, "--counters"], "--root: goes with --image"),
        (["--image", ACCESSES, "--root", "0x1001", "--counters"], "root: 0x1001 is not a multiple of 4096"),
        (["--image", ACCESSES, "--root", "0x10000000", "--counters"], "--root: 0x10000000 is outside memory"),
        (["--image", "nowhere", "--root", "0x1000", "--counters"], "nowhere: cannot be read"),
        (["--map", MAPPINGS, "-o", "out.txt"], "-o out.txt: '.txt' is no table"),
        (["--map", MAPPINGS, "-o", ACCESSES], "is the file that is read"),
        (["--map", MAPPINGS, "--paging", "sv38", "--counters"], "sv38"),
    ],
)
def test_options_that_make_no_machine_are_refused(pagewalk, options, error):
    assert_refused(pagewalk("translate", ACCESSES, *options), error)
