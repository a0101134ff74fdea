"""The programs of `programs/c`, as they stand on Linux and here: the same lines, the same end, every frame back."""

import shutil
import subprocess
from pathlib import Path

import pytest

from emulator import Machine
from isa import Program
from tests.linux.test_against_linux import NATIVE, RISCV, on_this_host
from tests.running import CHECKED

PROGRAMS = Path(__file__).parents[2] / "programs" / "c"
QEMU = "qemu-riscv64"
MOST = 30_000_000
pytestmark = on_this_host

# Where QEMU's own memory shows, or it hangs after so many forks.
NOT_UNDER_QEMU = {"growing_stack", "fork_and_map"}


def here(path, **settings):
    """Run a program here; return the result, which is checked for what holds of every run."""
    machine = Machine(check_stale=CHECKED, **settings)
    machine.spawn(Program.load(path))
    result = machine.run(MOST)
    assert (result.ended, result.counters["frames.leaked"], result.counters["stale.uses"]) == ("exit", 0, 0)  # F45, F68
    return result


@pytest.mark.parametrize("settings", [{"huge": "madvise"}, {"huge": "never"}, {"fork": "eager"}], ids=str)
@pytest.mark.parametrize("program", sorted(PROGRAMS.glob("*.c")), ids=lambda path: path.stem)
def test_a_program_says_and_gives_what_it_does_on_linux(program, settings, tmp_path):
    for compiler, name in ((NATIVE, "native"), (RISCV, "program.elf")):
        subprocess.run([*compiler, program, "-o", tmp_path / name], check=True)
    linux = subprocess.run([tmp_path / "native"], capture_output=True, check=False, timeout=60)
    result = here(tmp_path / "program.elf", **settings)
    assert (result.stdout, result.exit_status) == (linux.stdout.decode(), linux.returncode)


@pytest.mark.skipif(shutil.which(QEMU) is None, reason=f"not installed: {QEMU} (make oracles)")
@pytest.mark.parametrize(
    "program",
    [path for path in sorted(PROGRAMS.glob("*.c")) if path.stem not in NOT_UNDER_QEMU],
    ids=lambda path: path.stem,
)
def test_a_program_gives_under_qemu_what_it_does_on_linux(program, tmp_path):
    outputs = []
    for compiler, name, runner in ((NATIVE, "native", ()), (RISCV, "program.elf", (QEMU,))):
        subprocess.run([*compiler, program, "-o", tmp_path / name], check=True)
        run = subprocess.run([*runner, tmp_path / name], capture_output=True, check=False, timeout=60)
        outputs.append((run.returncode, run.stdout))
    assert outputs[0] == outputs[1]
