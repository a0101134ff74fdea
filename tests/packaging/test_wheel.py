"""The wheel is whole: what a user has who never sees a checkout. `make try-wheel` installs it for good measure."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel, built from a copy of the sources and unpacked as an installation would be."""
    place = tmp_path_factory.mktemp("wheel")
    copy = place / "source"
    copy.mkdir()
    for name in ("isa", "emulator", "programs"):
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    build = "import sys, setuptools.build_meta as b; b.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(place)], cwd=copy, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(place / "site")
    return place / "site"


def pagewalk(site, folder, *arguments):
    """Run a command of the unpacked wheel in another folder."""
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from emulator.cli import main; main()"
    line = [sys.executable, "-P", "-c", program, str(site), *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)


def test_every_file_of_the_sources_is_in_it(unpacked):
    def files(*folders):
        kinds = (".py", ".toml", ".s", ".inc", ".html", ".css", ".js")
        return {str(path.relative_to(folders[0])) for top in folders for path in top.rglob("*") if path.suffix in kinds}

    for name in ("isa", "emulator"):
        assert files(ROOT / name) <= files(unpacked / name)
    assert files(ROOT / "programs") == files(unpacked / "emulator" / "programs")


def test_its_programs_are_copied_and_checked_from_any_folder(unpacked, tmp_path):
    assert pagewalk(unpacked, tmp_path, "programs", "copy", "--all", ".").returncode == 0
    done = pagewalk(unpacked, tmp_path, "check", "--engine", "plain", "hello.s", "fork_exec.s")
    assert (done.returncode, done.stderr) == (0, "")


def test_its_laboratory_finds_its_programs(unpacked, tmp_path):
    probe = "import sys; sys.path.insert(0, sys.argv[1]); from emulator.lab.experiment import program_of_lab as p\n"
    probe += "print(p('flush').path, p('range').path)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", probe, str(unpacked)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.count(str(unpacked)) == 2
