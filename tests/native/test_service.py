"""The one process that compiles: found, waited for, ended; whatever becomes of it nothing is broken."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emulator.native import cache, engine, image, service
from emulator.native.service import Compilation, Progress
from tests.native import small


@pytest.fixture
def path(cold):
    """The image that this test makes."""
    return cache.writable() / cache.file_name(small.MODULES, image.host())


@pytest.fixture
def compilation(path):
    """One that has not begun; ended with the test."""
    made = Compilation(path, small.MODULES)
    yield made
    made.stop()


def until(condition):
    """Wait for `condition`, for a minute at most."""
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("a minute has gone")


def test_it_says_how_far_it_is_while_it_runs_and_only_then(compilation):
    assert compilation.progress() is None
    compilation.start()
    until(lambda: compilation.progress() is not None)
    until(compilation.has_ended)
    assert compilation.progress() is None
    assert engine.ready(small.MODULES) is not None


def test_two_that_are_started_at_once_compile_once(path, compilation):
    other = Compilation(path, small.MODULES)
    compilation.start()
    other.start()
    until(compilation.has_ended)
    until(other.has_ended)
    written = path.stat().st_mtime_ns
    again = Compilation(path, small.MODULES)
    again.start()
    until(again.has_ended)
    assert path.stat().st_mtime_ns == written


def test_one_that_is_killed_leaves_nothing_and_the_next_begins_anew(compilation):
    compilation.start()
    until(lambda: compilation.progress() is not None)
    os.kill(compilation._child, signal.SIGKILL)
    until(compilation.has_ended)
    assert compilation.progress() is None
    assert compilation.failure() is None
    assert engine.ready(small.MODULES) is None
    assert engine.wait(small.MODULES) is not None


def test_what_a_killed_one_left_unfinished_goes(path):
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(b"half")
    engine.wait(small.MODULES)
    assert not unfinished.exists()


def test_whoever_waits_for_one_that_is_killed_makes_it(compilation):
    compilation.start()
    until(lambda: compilation.progress() is not None)
    pid = compilation._child

    def kill(_):
        if pid:
            os.kill(pid, signal.SIGKILL)
            until(compilation.has_ended)

    killer = iter([kill])
    assert engine.wait(small.MODULES, watch=lambda progress: next(killer, lambda _: None)(progress)) is not None


def test_it_lives_in_a_session_of_its_own_on_spare_time(compilation):
    compilation.start()
    until(lambda: compilation.progress() is not None)
    assert os.getsid(compilation._child) == compilation._child
    assert os.getpriority(os.PRIO_PROCESS, compilation._child) == 19


def test_only_one_works_on_an_image(path):
    with service.work(path), pytest.raises(BlockingIOError), service.work(path):
        pass


def test_two_images_are_made_side_by_side(path):
    with service.work(path), service.work(path.with_name("other.image")):
        pass


def test_the_time_left_follows_from_what_is_done():
    assert Progress(done=0.25, seconds=10).left == 30
    assert Progress(done=0.01, seconds=10).left is None


def test_the_directory_is_named_by_the_sources(tmp_path, monkeypatch):
    """A callee in another file may change: there is no stale code."""
    import shutil

    top = Path(cache.__file__).parents[2]
    for folder in ("isa", "emulator"):
        shutil.copytree(top / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "emulator/native/cache.py"))
    before = cache.code_hash.__wrapped__()
    with (tmp_path / "isa/encoding.py").open("a") as source:
        source.write("# one more line\n")
    assert cache.code_hash.__wrapped__() != before


def test_all_that_is_compiled_stands_where_a_changed_line_is_seen():
    """The doors, and what compiles them, load no module of the project from any other folder."""
    names = ("emulator.compiler.build", *cache.MODULES)
    load = f"import importlib, sys; loaded = [importlib.import_module(name) for name in {names}]"
    ours = "name.split('.')[0] in ('isa', 'emulator')"
    tell = f"print(*(module.__file__ for name, module in sys.modules.items() if {ours}))"
    answer = subprocess.run([sys.executable, "-c", f"{load}; {tell}"], capture_output=True, text=True, check=True)
    top = Path(cache.__file__).parents[2]
    packages = {Path("emulator/__init__.py"), Path("emulator/kernel/__init__.py")}
    found = {Path(path).relative_to(top) for path in answer.stdout.split()} - packages
    assert len(found) > 50
    assert not [path for path in found if not any(path.is_relative_to(folder) for folder in cache.COMPILED)]


def test_a_temporary_directory_of_somebody_else_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    there = tmp_path / f"pagewalk-{os.getuid()}"
    there.mkdir()
    there.chmod(0o777)
    assert there not in [directory.parent for directory in cache.directories()]
    there.chmod(0o700)
    assert there in [directory.parent for directory in cache.directories()]
