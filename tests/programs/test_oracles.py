"""The teaching programs against GNU binutils and QEMU: is their own logic right, emulator aside?"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAMS = sorted(Path(__file__).parents[2].joinpath("programs").glob("*.s"))
ASSEMBLER, LINKER, QEMU = "riscv64-unknown-elf-as", "riscv64-unknown-elf-ld", "qemu-riscv64"

# What user-mode QEMU cannot do, and why.
NOT_UNDER_QEMU = {
    "bcopy_across_cow": "uses a teaching instruction",
    "post_increment_into_cow": "uses teaching instructions",
    "fork_exec": "QEMU hands execve to the host, which cannot run the new program",
    "reuse_after_exec": "QEMU hands execve to the host, which cannot run the new program",
    "posix_spawn": "QEMU makes a fork of it, so memory is not borrowed",
    "vfork": "QEMU makes a fork of it, so memory is not borrowed",
    "out_of_memory": "needs a machine with 8 MiB",
}

# GNU as spells the teaching instructions as raw fields of the custom-0 opcode.
SPELLINGS = (
    (re.compile(r"\bbcopy\s+(\w+), (\w+), (\w+)"), r".insn r 0x0b, 0, 0, \1, \2, \3"),
    (re.compile(r"\bld\.pi\s+(\w+), (\S+)"), r".insn i 0x0b, 1, \1, \2"),
    (re.compile(r"\bsd\.pi\s+(\w+), (\S+)"), r".insn s 0x0b, 2, \1, \2"),
)


def needs(*tools):
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)} (make oracles)")


def code_of(program):
    """The source without comments, in GNU's spelling."""
    code = re.sub(r"#.*", "", program.read_text())
    for ours, gnu in SPELLINGS:
        code = ours.sub(gnu, code)
    return code


def assemble(program, folder):
    target = folder / f"{program.stem}.o"
    command = [ASSEMBLER, "-march=rv64ima_zicsr_zifencei", "-mno-relax", "-mno-arch-attr", "--fatal-warnings"]
    subprocess.run([*command, f"-I{program.parent}", "-o", target, "-"], input=code_of(program), text=True, check=True)
    return target


def stated_output(program):
    stated = re.search(r'^#\? stdout == "(.*)"$', program.read_text(), re.MULTILINE)
    return stated[1].replace("\\n", "\n") if stated else ""


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program_states_that_no_frame_leaks(program):  # F68
    assert re.search(r"^#\? frames\.leaked == 0\b", program.read_text(), re.MULTILINE)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program_stands_in_the_list_of_programs(program):
    assert f"| `{program.stem}` |" in program.with_name("README.md").read_text()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program_names_beside_the_include_the_calls_that_it_makes(program):
    named = re.findall(r"# (SYS_\w+)$", program.read_text(), re.MULTILINE)
    assert set(named) == set(re.findall(r"\bSYS_\w+", code_of(program)))


@pytest.mark.oracle
@needs(ASSEMBLER)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_gnu_as_accepts_the_program(program, tmp_path):
    assert assemble(program, tmp_path).exists()


@pytest.mark.oracle
@needs(ASSEMBLER, LINKER, QEMU)
@pytest.mark.parametrize(
    "program", [path for path in PROGRAMS if path.stem not in NOT_UNDER_QEMU], ids=lambda path: path.stem
)
def test_program_exits_with_0_and_says_what_it_states_under_qemu(program, tmp_path):
    linked = tmp_path / program.stem
    subprocess.run([LINKER, "--no-relax", "-o", linked, assemble(program, tmp_path)], check=True)
    run = subprocess.run([QEMU, linked], capture_output=True, text=True, timeout=30, check=False, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, stated_output(program))
