"""The programs that show wrong kernels: GNU as takes them, and where Linux can run them they find all right there."""

import subprocess

import pytest

from emulator.base.shipped import PROGRAMS
from tests.programs.test_oracles import ASSEMBLER, LINKER, QEMU, code_of, needs

WRONG = sorted((PROGRAMS / "wrong").glob("*.s"))
FOLDERS = [PROGRAMS / "wrong", PROGRAMS / "wrong" / "lib", PROGRAMS / "lab" / "lib"]
# QEMU has more memory than the 4 MiB that `crowded` fills, and ignores the MADV_WIPEONFORK that `shared` asks for.
UNDER_QEMU = [program for program in WRONG if program.stem not in ("crowded", "shared")]


def built(program, folder):
    code, target = folder / f"{program.stem}.o", folder / program.stem
    options = ["-march=rv64ima_zicsr_zifencei", "-mno-relax", *(f"-I{path}" for path in FOLDERS)]
    subprocess.run([ASSEMBLER, *options, "-o", code, "-"], input=code_of(program), text=True, check=True)
    subprocess.run([LINKER, "-o", target, code], check=True)
    return target


@pytest.mark.oracle
@needs(ASSEMBLER, LINKER)
@pytest.mark.parametrize("program", WRONG, ids=lambda path: path.stem)
def test_gnu_as_takes_each(program, tmp_path):
    assert built(program, tmp_path).stat().st_size > 0


@pytest.mark.oracle
@needs(ASSEMBLER, LINKER, QEMU)
@pytest.mark.parametrize("program", UNDER_QEMU, ids=lambda path: path.stem)
def test_linux_is_no_wrong_kernel(program, tmp_path):
    assert subprocess.run([QEMU, built(program, tmp_path)], timeout=60).returncode == 0


@pytest.mark.parametrize("program", WRONG, ids=lambda path: path.stem)
def test_each_stands_in_the_list_of_programs_with_the_mistakes_that_it_shows(program):
    from emulator.lab.bugs.memory import SHOWN_BY

    (row,) = [
        line for line in (PROGRAMS / "README.md").read_text().splitlines() if line.startswith(f"| `{program.stem}` |")
    ]
    shown = [bug for bug, name in SHOWN_BY.items() if name == f"wrong/{program.stem}"]
    assert len(shown) > 0
    assert all(f"`{bug}`" in row for bug in shown)
