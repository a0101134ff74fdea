"""`pagewalk lab flush`: what it prints and writes, and how it refuses."""

import csv
import json
import re

import pytest

from tests.commands import assert_refused

FEW = (
    "lab",
    "flush",
    "--operation",
    "munmap",
    "--strategy",
    "ceiling:2,asid",
    "--pages",
    "1,2,3",
    "--working-set",
    "4",
)


def test_a_pipe_gets_plain_columns_and_the_crossover(call):
    status, out, _ = call(*FEW)
    assert status == 0
    assert "\x1b" not in out
    assert [line.split()[:4] for line in out.splitlines() if line.startswith("munmap  ")][:6] == [
        ["munmap", "ceiling:2", "1", "260"],
        ["munmap", "ceiling:2", "2", "520"],
        ["munmap", "ceiling:2", "3", "1,170"],
        ["munmap", "asid", "1", "1,170"],
        ["munmap", "asid", "2", "1,170"],
        ["munmap", "asid", "3", "1,170"],
    ]
    assert re.search(r"^munmap +asid +up to 4 pages +up to \d+ pages$", out, re.MULTILINE)


def test_csv_and_json_hold_the_same_rows(call, tmp_path):
    assert call(*FEW, "--csv", tmp_path / "rows.csv", "--json", tmp_path / "all.json")[0] == 0
    account = json.loads((tmp_path / "all.json").read_text())
    with open(tmp_path / "rows.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{name: str(value) for name, value in row.items()} for row in account["rows"]]
    assert len(rows) == 6
    assert account["machine"] == {"profile": "skylake", "paging": "sv39", "set": {}}
    assert {point["page_by_page_against"] for point in account["crossovers"]} == {"asid"}


def test_a_price_that_is_set_shows_in_the_rows(call):
    out = call(*FEW, "--set", "price.flush_page=100", "--csv", "-")[1]
    assert [row["flush_cycles"] for row in csv.DictReader(out.splitlines())][:2] == ["100", "200"]


@pytest.mark.parametrize(("suffix", "beginning"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_a_plot_is_a_picture(call, tmp_path, suffix, beginning):
    path = tmp_path / f"flush{suffix}"
    assert call(*FEW, "--plot", path)[0] == 0
    assert path.read_bytes().startswith(beginning)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--strategy", "ceilin:3"], r"'ceilin:3' is no flush strategy; did you mean 'ceiling'\?"),
        (["--pages", "0"], r"pages: 0 is out of range"),
        (["--operation", "munmep"], r"did you mean 'munmap'\?"),
        (["--json", "."], r"\.: cannot be written: it is a folder"),
        (["--sets", "1"], r"no option '--sets'; did you mean '--set'\?"),
    ],
)
def test_a_mistake_is_one_line_and_gives_2(call, arguments, error):
    assert_refused(call("lab", "flush", *arguments), error)


@pytest.mark.parametrize("experiment", ["flush", "invalidation"])
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--pages", ""], r"pages: '' is empty"),
        (["--csv", "nowhere/x.csv"], r"nowhere/x\.csv: cannot be written: its folder does not exist"),
        (["--plot", "x.gif"], r"x\.gif: .*\.png or \.svg is right"),
        (["--csv", "-", "--json", "-"], r"only one of them"),
        (["--set", "flush=asid"], r"--strategy"),
    ],
)
def test_a_mistake_in_what_both_experiments_take_is_one_line_and_gives_2(call, experiment, arguments, error):
    assert_refused(call("lab", experiment, *arguments), error)


def test_without_an_experiment_there_is_help(call):
    status, out, _ = call("lab")
    assert status == 0
    assert out.startswith("Usage: pagewalk lab")
