"""`lab invalidation --archive` and `lab rerun`: a sweep that others can do again, and what is refused."""

import io
import json
import zipfile

import pytest

from emulator.config.profile import profile_text
from emulator.lab import archive
from emulator.lab.invalidation import measure
from tests.commands import assert_refused
from tests.lab.pretended import Counted

ASKED = ("lab", "invalidation", "--workload", "munmap,cow", "--strategy", "ceiling:33,full", "--pages", "1,2")
CASES = 16


@pytest.fixture
def counted(monkeypatch):
    """Measure in no time; what counts the measurements."""
    counted = Counted()
    monkeypatch.setattr(measure, "measure", counted)
    return counted


@pytest.fixture
def made(call, counted, tmp_path):
    """An archive that was written."""
    path = tmp_path / "run.zip"
    assert call(*ASKED, "--harts", "1,2", "--seed", "5", "--set", "quantum=5000", "--archive", path)[0] == 0
    counted.cases.clear()
    return path


def changed(path, name, change):
    """The archive with one file changed, None to leave it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out, "w") as after:
        for info in before.infolist():
            content = before.read(info)
            if info.filename == name:
                content = change(content)
            if content is not None:
                after.writestr(info, content)
    path.write_bytes(out.getvalue())


def test_a_sweep_that_is_done_again_gives_the_same_bytes(call, made, counted):
    status, out, _ = call("lab", "rerun", made)
    assert (status, out) == (0, f"{made}: {CASES} rows are the same, byte for byte\n")
    assert len(counted.cases) == CASES


def test_the_same_sweep_gives_the_same_archive(call, made, tmp_path):
    again = tmp_path / "again.zip"
    assert call(*ASKED, "--harts", "1,2", "--seed", "5", "--set", "quantum=5000", "--archive", again)[0] == 0
    assert again.read_bytes() == made.read_bytes()


def test_an_archive_holds_its_machines_whole_with_their_sources(made):
    with zipfile.ZipFile(made) as files:
        machine = json.loads(files.read("machines/0.json"))
    assert machine["name"] == "skylake"
    assert machine["price"]["flush_page"]["source"]


def test_a_profile_of_ones_own_travels_along(call, counted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    profile = tmp_path / "mine.toml"
    profile.write_text(profile_text("skylake").replace('name = "skylake"', 'name = "mine"'))
    assert call(*ASKED, "--harts", "1", "--profile", "mine.toml", "--archive", "run.zip")[0] == 0
    profile.unlink()
    assert call("lab", "rerun", "run.zip")[0] == 0


def test_rows_that_come_out_otherwise_are_told_with_the_first_that_differs(call, made, monkeypatch):
    before = measure.measure
    monkeypatch.setattr(measure, "measure", lambda task: before(task) | {"direct": 7})
    status, out, _ = call("lab", "rerun", made)
    assert status == 1
    assert out == f"{made}: line 2 (munmap ceiling:33 1 1): direct is 103 there, 7 now\n"


def edited(**values):
    """A change of the manifest."""
    return lambda content: json.dumps(json.loads(content) | values).encode()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "manifest.json",
            edited(format="pagewalk archive 2"),
            "is a 'pagewalk archive 2'; 'pagewalk archive 1' is right",
        ),
        ("manifest.json", edited(version="9.9"), "was made by pagewalk 9.9, and this is"),
        ("manifest.json", lambda content: b"{}", "its file manifest.json is none of an archive"),
        ("manifest.json", lambda content: None, "has no manifest.json"),
        ("rows.csv", lambda content: content + b" ", "its file rows.csv has changed since it was made"),
        ("rows.csv", lambda content: None, "has lost its file rows.csv"),
        ("machines/0.json", lambda content: content.replace(b"260", b"261"), "its file machines/0.json has changed"),
        ("machines/0.json", lambda content: None, "has lost its file machines/0.json"),
    ],
)
def test_an_archive_of_another_version_or_with_a_changed_file_is_refused(call, made, counted, name, change, said):
    changed(made, name, change)
    assert_refused(call("lab", "rerun", made), said)
    assert counted.cases == []


@pytest.mark.parametrize("content", [b"", b"rows", b"PK\x03\x04"])
def test_what_is_no_archive_is_refused(call, tmp_path, content):
    path = tmp_path / "run.zip"
    path.write_bytes(content)
    assert_refused(call("lab", "rerun", path), "is no archive of a run")


def test_an_archive_that_is_not_there_is_refused(call, tmp_path):
    assert_refused(call("lab", "rerun", tmp_path / "none.zip"), "No such file or directory")


def test_an_archive_is_no_text(call):
    assert_refused(call(*ASKED, "--archive", "-"), "--archive -: is no text; a file is right")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (b"a,b\n1,2\n", ""),
        (b"a,b\n1,3\n", "line 2 (1 2): b is 2 there, 3 now"),
        (b"a,b\n", "1 rows there, 0 now"),
        (b"a,c\n1,2\n", "line 1: a,b there, a,c now"),
    ],
)
def test_a_difference_is_named_by_line_and_column(now, said):
    assert archive.difference(b"a,b\n1,2\n", now) == said
