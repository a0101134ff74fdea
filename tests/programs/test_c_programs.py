"""C programs here and under QEMU: the same output, the same end (F91 to F99). docs/c-programs.md tells how to build."""

import shutil
import subprocess
from pathlib import Path

import pytest

from emulator import Machine
from isa import Program

HERE = Path(__file__).parents[1] / "c"
MUSL = Path(__file__).parents[2] / ".musl"
GCC, QEMU = "riscv64-unknown-elf-gcc", "qemu-riscv64"
MISSING = [tool for tool in (GCC, QEMU) if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (make oracles)"),
]
needs_musl = pytest.mark.skipif(not (MUSL / "lib/libc.a").exists(), reason="musl is not built (make musl)")
BARE = ["-march=rv64ima", "-mabi=lp64", "-O1", "-nostdlib", "-static", "-fno-builtin", "-w"]
INPUT = b"one\ntwo\nthree\n"


def picolibc():
    """Whether the compiler knows picolibc."""
    command = [GCC, "-print-file-name=picolibc.specs"]
    return not MISSING and "/" in subprocess.run(command, capture_output=True, text=True, check=False).stdout


def assert_as_under_qemu(program, harts=1):
    theirs = subprocess.run([QEMU, program], input=INPUT, capture_output=True, check=False)
    machine = Machine(harts=harts, stdin=INPUT, check_stale=True)
    machine.spawn(Program.load(program))
    ours = machine.run(50_000_000)
    status = theirs.returncode if theirs.returncode >= 0 else 128 - theirs.returncode
    assert (ours.ended, ours.stdout, ours.stderr) == ("exit", theirs.stdout.decode(), theirs.stderr.decode())
    assert ours.exit_status == status
    assert ours.counters["frames.leaked"] == 0
    return ours


def test_a_program_finds_its_own_headers(tmp_path):  # F94
    subprocess.run([GCC, *BARE, "-o", tmp_path / "bare.elf", HERE / "bare.c"], check=True)
    result = assert_as_under_qemu(tmp_path / "bare.elf")
    assert result.stdout == "the program finds itself\n"


def test_segments_may_share_a_page(tmp_path):  # F91
    """Linked with -N, text and data are one segment."""
    subprocess.run([GCC, *BARE, "-Wl,-N", "-o", tmp_path / "bare.elf", HERE / "bare.c"], check=True)
    assert_as_under_qemu(tmp_path / "bare.elf")


def test_a_program_without_sections_runs(tmp_path):  # F92
    subprocess.run([GCC, *BARE, "-s", "-o", tmp_path / "bare.elf", HERE / "bare.c"], check=True)
    content = (tmp_path / "bare.elf").read_bytes()
    sections = int.from_bytes(content[40:48], "little")
    (tmp_path / "cut.elf").write_bytes(content[:sections])
    (tmp_path / "cut.elf").chmod(0o755)
    assert_as_under_qemu(tmp_path / "cut.elf")


def test_F151_F152_handlers_find_what_they_do_on_linux_and_what_they_change_holds(tmp_path):
    subprocess.run([GCC, *BARE, "-o", tmp_path / "signals.elf", HERE / "signals.c"], check=True)
    result = assert_as_under_qemu(tmp_path / "signals.elf")
    assert (result.exit_status, result.counters["signal.delivered"]) == (5, 5)


@pytest.mark.skipif(not picolibc(), reason="picolibc-riscv64-unknown-elf is not installed")
def test_a_program_with_picolibc_runs(tmp_path):
    options = ["-march=rv64ima", "-mabi=lp64", "--specs=picolibc.specs", "-nostartfiles", "-O2"]
    subprocess.run([GCC, *options, "-o", tmp_path / "program.elf", HERE / "picolibc.c"], check=True)
    result = assert_as_under_qemu(tmp_path / "program.elf")
    assert (result.stdout, result.exit_status) == ("hello from picolibc: 1 text beef\n", 6)


@needs_musl
@pytest.mark.parametrize("harts", [1, 4])
@pytest.mark.parametrize("name", ["hello", "thread_local", "threads", "calls"])
def test_a_program_with_musl_runs(tmp_path, name, harts):
    subprocess.run([HERE / "musl-gcc", tmp_path / "program.elf", HERE / f"{name}.c"], check=True)
    result = assert_as_under_qemu(tmp_path / "program.elf", harts)
    assert set(result.unknown_calls) <= {216}  # realloc tries mremap first
