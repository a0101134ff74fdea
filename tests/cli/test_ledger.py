"""`pagewalk run --ledger`: the rows of a frame ledger as a file, or as text."""

import polars
import pytest

from emulator import Machine
from emulator.base.shipped import PROGRAMS
from isa import Program
from tests.commands import assert_refused

STORY = PROGRAMS / "child_writes_first.s"


@pytest.fixture(scope="module")
def ledger():
    machine = Machine(ledger=True)
    machine.spawn(Program.load(STORY), argv=[str(STORY)])
    return machine.run().ledger


@pytest.mark.parametrize(
    ("suffix", "read"), [("csv", polars.read_csv), ("jsonl", polars.read_ndjson), ("parquet", polars.read_parquet)]
)
def test_a_file_has_all_rows_in_order_whatever_its_kind(call, tmp_path, ledger, suffix, read):
    path = tmp_path / f"frames.{suffix}"
    status, _, _ = call("run", str(STORY), "--ledger", str(path))
    assert status == 0
    assert read(path).rows() == ledger.to_frame().rows()
    assert len(ledger) > 20


def test_a_dash_prints_each_frame_with_its_history_and_nothing_of_the_program(call, ledger):
    status, out, _ = call("run", str(STORY), "--ledger", "-")
    assert status == 0
    lines = out.splitlines()
    assert [line for line in lines if line.startswith("frame ")] == [f"frame {n:#x}" for n in ledger.frames()]
    assert [line[2:] for line in lines if line.startswith("  ")] == [
        str(row) for frame in ledger.frames() for row in ledger.of(frame)
    ]
    assert all(line.startswith(("frame ", "  ")) for line in lines)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--ledger", "frames.cvs"], "'.cvs' is no table"),
        (["--ledger", ""], "--ledger : '' is no table"),
        (["--ledger", "nowhere/frames.csv"], "its folder does not exist"),
        (["--ledger", "same.csv", "--json", "same.csv"], "is where --[a-z]* goes already"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_the_run(call, arguments, error):
    assert_refused(call("run", str(STORY), *arguments), error)
