"""Files that a sweep writes and continues: nothing lost, nothing twice, whatever ends it."""

import os
import resource
from contextlib import contextmanager

import polars
import pytest

from emulator.base.errors import ConfigError, EmulatorError
from emulator.lab.store import Column, Store, as_csv, as_parquet, collect

COLUMNS = (Column("what", str, ""), Column("pages", int, ""), Column("cycles", int, ""))
both_kinds = pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])


def row(what, pages):
    return {"what": what, "pages": pages, "cycles": 100 * pages}


def key(what, pages):
    return what, pages


def store_of(*paths):
    return Store([str(path) for path in paths], COLUMNS, ["what", "pages"])


def rows_in(path):
    frame = polars.read_parquet(path) if path.suffix == ".parquet" else polars.read_csv(path)
    return frame.to_dicts()


@contextmanager
def crash_in(store):
    """End the process's hold on the store as a crash would: nothing is finished, and the lock is gone."""
    try:
        yield
    finally:
        store._journal.close()


@both_kinds
def test_a_file_holds_the_rows_in_the_order_asked_for_not_in_that_of_measuring(tmp_path, name):
    path = tmp_path / name
    collect([row("b", 2), row("a", 1)], store_of(path), [key("a", 1), key("b", 2)])
    assert rows_in(path) == [row("a", 1), row("b", 2)]
    assert os.listdir(tmp_path) == [name]


@both_kinds
def test_rows_that_are_there_are_kept_and_known(tmp_path, name):
    path = tmp_path / name
    collect([row("a", 1)], store_of(path), [key("a", 1)])
    store = store_of(path)
    assert list(store.rows) == [key("a", 1)]
    collect([row("b", 1)], store, [key("b", 1)])
    assert rows_in(path) == [row("a", 1), row("b", 1)]


@both_kinds
def test_after_a_crash_every_row_that_was_measured_is_there(tmp_path, name):
    path = tmp_path / name
    store = store_of(path)
    with crash_in(store):
        store.add(row("a", 1))
        store.add(row("a", 2))
    assert not path.exists()
    again = store_of(path)
    assert list(again.rows) == [key("a", 1), key("a", 2)]
    collect([row("a", 3)], again, [key("a", 1), key("a", 2), key("a", 3)])
    assert rows_in(path) == [row("a", 1), row("a", 2), row("a", 3)]


def test_a_line_that_a_crash_broke_off_is_dropped_and_the_next_one_is_whole(tmp_path):
    path = tmp_path / "rows.csv"
    store = store_of(path)
    with crash_in(store):
        store.add(row("a", 1))
    with open(store.journal_path, "a") as journal:
        journal.write("a,2")
    again = store_of(path)
    assert list(again.rows) == [key("a", 1)]
    with crash_in(again):
        again.add(row("a", 2))
    collect([], store_of(path), [key("a", 1), key("a", 2)])
    assert rows_in(path) == [row("a", 1), row("a", 2)]


def test_a_crash_between_the_file_and_the_end_of_the_journal_doubles_nothing(tmp_path):
    path = tmp_path / "rows.csv"
    store = store_of(path)
    with crash_in(store):
        store.add(row("a", 1))
        path.write_text(as_csv([row("a", 1)], COLUMNS))
    again = store_of(path)
    collect([], again, [key("a", 1)])
    assert rows_in(path) == [row("a", 1)]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, EmulatorError("a program failed")])
def test_a_sweep_that_is_ended_leaves_whole_files_and_no_journal(tmp_path, ending):
    path = tmp_path / "rows.csv"

    def rows():
        yield row("a", 1)
        raise ending

    with pytest.raises(ending if isinstance(ending, type) else type(ending)):
        collect(rows(), store_of(path), [key("a", 1), key("a", 2)])
    assert rows_in(path) == [row("a", 1)]
    assert os.listdir(tmp_path) == ["rows.csv"]


def test_two_files_get_the_same_rows_and_each_knows_the_other_s(tmp_path):
    paths = tmp_path / "rows.csv", tmp_path / "rows.parquet"
    collect([row("a", 1)], store_of(paths[0]), [key("a", 1)])
    collect([row("a", 2)], store_of(*paths), [key("a", 1), key("a", 2)])
    assert rows_in(paths[0]) == rows_in(paths[1]) == [row("a", 1), row("a", 2)]


def test_two_runs_cannot_write_the_same_file(tmp_path):
    store = store_of(tmp_path / "rows.csv")
    with pytest.raises(EmulatorError, match=r"rows\.csv: another run is writing it"):
        store_of(tmp_path / "rows.csv")
    store.finish([])


@both_kinds
def test_an_empty_file_is_as_none(tmp_path, name):
    (tmp_path / name).touch()
    store = store_of(tmp_path / name)
    assert store.rows == {}
    store.finish([])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", b"what,pages\na,1\n", r"rows\.csv: exists with other columns \(lacks cycles\)"),
        ("rows.csv", b"what,cycles,pages\n", r"exists with other columns \(in another order\)"),
        ("rows.csv", b"what,pages,cycles,more\n", r"exists with other columns \(also has more\)"),
        ("rows.csv", b"what,pages,cycles\na,1\n", r"rows\.csv line 2: has 2 values, not 3"),
        ("rows.csv", b"what,pages,cycles\na,one,3\n", r"rows\.csv line 2: pages: 'one' is no whole number"),
        ("rows.csv", b"\xff\xfe", r"exists and is no CSV: byte 0 is no UTF-8"),
        ("rows.parquet", b"what,pages\n", r"rows\.parquet: exists and is no Parquet file"),
        ("rows.parquet", as_parquet([], COLUMNS[:2]), r"exists with other columns \(lacks cycles\)"),
    ],
)
def test_a_file_with_other_content_is_refused_and_left_alone(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message) as error:
        store_of(path)
    assert "\n" not in error.value.message
    assert path.read_bytes() == content
    assert os.listdir(tmp_path) == [name]


def test_a_full_disk_is_one_message_and_what_was_measured_stays(tmp_path):
    path = tmp_path / "rows.csv"
    store = store_of(path)
    store.add(row("a", 1))
    size = os.path.getsize(store.journal_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))  # no file may grow beyond the journal as it is
    try:
        with pytest.raises(EmulatorError, match=r"rows\.csv\.journal: cannot be written: File too large"):
            store.add(row("a", 2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    store._journal.close()
    collect([], store_of(path), [])
    assert rows_in(path)[0] == row("a", 1)


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(EmulatorError, match="cannot be written: No such file or directory"):
        store_of(tmp_path / "nowhere" / "rows.csv")


def test_without_files_rows_are_only_in_memory(tmp_path):
    store = store_of()
    collect([row("a", 1)], store, [key("a", 1)])
    assert list(store.rows.values()) == [row("a", 1)]
