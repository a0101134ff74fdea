"""`pagewalk lab invalidation`: what it prints and writes, how it goes on after an end, and how it refuses."""

import csv
import json
import re

import polars
import pytest

from emulator.lab.invalidation import measure
from emulator.lab.invalidation.plot import LINES, _ticks
from emulator.lab.invalidation.row import COLUMNS
from emulator.lab.invalidation.table import as_latex
from emulator.lab.invalidation.workloads import WORKLOADS
from tests.commands import assert_refused
from tests.lab.pretended import Counted

FEW = (
    "lab",
    "invalidation",
    "--workload",
    "munmap",
    "--strategy",
    "ceiling:33,full",
    "--pages",
    "1,2",
    "--harts",
    "1,4",
)
CASES = 8


@pytest.fixture
def pretend(monkeypatch):
    """Measure in no time; returns what counts the measurements."""

    def pretended(**arguments):
        counted = Counted(**arguments)
        monkeypatch.setattr(measure, "measure", counted)
        return counted

    return pretended


def csv_rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_pipe_gets_a_plain_table_of_every_case(call, pretend):
    pretend()
    status, out, _ = call(*FEW)
    assert status == 0
    assert "\x1b" not in out
    assert [line.split()[:4] for line in out.splitlines() if line.startswith("munmap")] == [
        ["munmap", strategy, pages, harts]
        for strategy in ("ceiling:33", "full")
        for pages in ("1", "2")
        for harts in ("1", "4")
    ]


def test_csv_parquet_and_json_hold_the_same_rows(call, pretend, tmp_path):
    pretend()
    paths = [tmp_path / name for name in ("rows.csv", "rows.parquet", "rows.json")]
    assert call(*FEW, "--csv", paths[0], "--parquet", paths[1], "--json", paths[2])[0] == 0
    rows = json.loads(paths[2].read_text())["rows"]
    assert len(rows) == CASES
    assert list(rows[0]) == [column.name for column in COLUMNS]
    assert polars.read_parquet(paths[1]).to_dicts() == rows
    assert csv_rows(paths[0]) == [{name: str(value) for name, value in row.items()} for row in rows]


def test_csv_can_be_printed_alone(call, pretend):
    pretend()
    out = call(*FEW, "--csv", "-")[1]
    assert len(list(csv.DictReader(out.splitlines()))) == CASES


@pytest.mark.parametrize(("suffix", "beginning"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_a_plot_is_a_picture(call, pretend, tmp_path, suffix, beginning):
    pretend()
    path = tmp_path / f"rows{suffix}"
    assert call(*FEW, "--plot", path)[0] == 0
    assert path.read_bytes().startswith(beginning)


def test_the_same_rows_give_the_same_plot(call, pretend, tmp_path):
    pretend()
    for name in ("one.svg", "two.svg"):
        assert call(*FEW, "--plot", tmp_path / name)[0] == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.parametrize(("option", "name"), [("--csv", "rows.csv"), ("--parquet", "rows.parquet")])
def test_after_ctrl_c_the_same_command_measures_only_the_rest(call, pretend, tmp_path, option, name):
    whole, path = tmp_path / f"whole-{name}", tmp_path / name
    pretend()
    assert call(*FEW, option, whole)[0] == 0
    pretend(most=3)
    status, out, err = call(*FEW, option, path)
    assert (status, out) == (130, "")
    assert "interrupted; 3 of 8 cases measured; the same command goes on from here\n" in err
    counted = pretend()
    status, out, err = call(*FEW, option, path)
    assert status == 0
    assert f"{path}: 3 of 8 cases are there already\n" in err
    assert len(counted.cases) == CASES - 3
    assert path.read_bytes() == whole.read_bytes()


def test_ctrl_c_without_a_file_keeps_nothing_and_says_so(call, pretend):
    pretend(most=3)
    status, out, err = call(*FEW)
    assert (status, out) == (130, "")
    assert err.endswith("interrupted; 3 of 8 cases measured\n")


def test_a_sweep_that_is_done_measures_nothing_again(call, pretend, tmp_path):
    pretend()
    first = call(*FEW, "--csv", tmp_path / "rows.csv")[1]
    counted = pretend()
    assert call(*FEW, "--csv", tmp_path / "rows.csv")[:2] == (0, first)
    assert counted.cases == []


def test_a_larger_sweep_adds_to_the_file_and_another_one_keeps_what_is_there(call, pretend, tmp_path):
    pretend()
    path = tmp_path / "rows.csv"
    call(*FEW, "--csv", path)
    counted = pretend()
    call(*FEW[:-1], "1,2,4", "--csv", path)
    assert {case.harts for case in counted.cases} == {2}
    call("lab", "invalidation", "--workload", "pingpong", "--strategy", "full", "--pages", "0", "--csv", path)
    rows = csv_rows(path)
    assert len(rows) == 13
    assert len({tuple(row[name] for name in ("workload", "strategy", "pages", "harts")) for row in rows}) == 13


def test_a_row_of_other_settings_is_no_row_of_this_sweep(call, pretend, tmp_path):
    pretend()
    path = tmp_path / "rows.csv"
    call(*FEW, "--csv", path)
    for more in (["--seed", "1"], ["--set", "price.pte=1"], ["--profile", "ideal"]):
        counted = pretend()
        assert call(*FEW, *more, "--csv", path)[0] == 0
        assert len(counted.cases) == CASES
    assert len(csv_rows(path)) == 4 * CASES


def test_every_workload_is_in_the_help(call):
    out = " ".join(call("lab", "invalidation", "--help")[1].split()).replace("- ", "-")  # lines break after hyphens
    assert ", ".join(workload.name for workload in WORKLOADS) + "." in out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--workload", "forks"], r"workload: 'forks' is unknown; did you mean 'fork'\?"),
        (["--strategy", "ceiling:33+lazi"], r"did you mean 'lazy'\?"),
        (["--harts", "0"], r"harts: 0 is out of range"),
        (["--profile", "skylaka"], r"did you mean 'skylake'\?"),
        (["--csv", "x.txt"], r"--csv x\.txt: .*\.csv at its end is right"),
        (["--parquet", "x.csv"], r"\.parquet at its end is right"),
        (["--parquet", "-"], r"--parquet -: is no text"),
        (["--jobs", "0"], r"greater than or equal to 1"),
        (["--jobs", "2", "--scheduler", "tcp://x:1"], r"one of them is right"),
    ],
)
def test_a_mistake_is_one_line_and_gives_2(call, arguments, error):
    assert_refused(call("lab", "invalidation", *arguments), error)


def test_a_file_with_other_columns_is_one_line_and_left_alone(call, pretend, tmp_path):
    counted = pretend()
    path = tmp_path / "rows.csv"
    path.write_text("workload,pages\nmunmap,1\n")
    status, _, err = call(*FEW, "--csv", path)
    assert status == 2
    assert re.fullmatch(r"pagewalk: error: .*rows\.csv: exists with other columns \(lacks strategy, .*\n", err)
    assert path.read_text() == "workload,pages\nmunmap,1\n"
    assert counted.cases == []


def test_a_latex_table_has_the_rows_of_the_table_and_nothing_that_latex_reads_otherwise(call, pretend, tmp_path):
    pretend()
    path = tmp_path / "rows.tex"
    status, out, _ = call(*FEW, "--strategy", "ceiling:33+fork-regions,full", "--latex", path)
    assert status == 0
    lines = path.read_text().splitlines()
    assert lines[0].startswith("% machines: skylake")
    numbers = len(lines[3].split(" & ")) - 2
    assert (lines[1], lines[-1]) == (rf"\begin{{tabular}}{{ll{'r' * numbers}}}", r"\end{tabular}")
    body = [line.removesuffix(r" \\").split(" & ") for line in lines if line.startswith("munmap")]
    shown = [line.split() for line in out.splitlines() if line.startswith("munmap")]
    assert body == shown
    assert len(body) == CASES


LETTERS = [("50%", r"50\%"), ("a_b", r"a\_b"), ("\\", r"\textbackslash{}"), ("~", r"\textasciitilde{}"), ("{", r"\{")]


@pytest.mark.parametrize(("letter", "written"), LETTERS)
def test_letters_that_latex_reads_otherwise_are_written_as_it_shows_them(letter, written):
    row = dict.fromkeys((column.name for column in COLUMNS), 1) | {"workload": "munmap", "strategy": letter}
    assert f"munmap & {written} & 1 & " in as_latex([row])


def test_places_of_an_axis_that_are_close_have_one_label():
    assert _ticks([1, 8, 33, 34, 512, 4096]) == ["1", "8", "33", "", "512", "4,096"]


def test_no_line_of_a_plot_adds_cycles_of_different_harts():
    """They pass at the same time. `direct` and `wait` are both the initiator's, one after the other."""
    assert {columns for columns, _, _ in LINES if len(columns) > 1} == {("direct", "wait")}
