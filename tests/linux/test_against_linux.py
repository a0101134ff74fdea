"""The same random steps on Linux and here: what calls return, what accesses give, what a parent is told.

`steps.c` is one program for both machines, and so are `signals.c` and `threads.c`. Linux on this host is the oracle;
QEMU's emulation of it is itself wrong on madvise, on brk within a page, on processes that share memory, and on the
masks of handlers. Where the two differ rightly, the steps keep away:

    page 0              may be mapped by root alone on Linux; programs here have no capabilities
    execution           x86-64 lets a page be read that may be executed only
    the far end         Linux has pages of its own there (vdso), which take no advice
    MADV_FREE           Linux drops the pages when it has to, pagewalk at once
    futexes of others   priority inheritance is not built: ENOSYS
    MADV_MERGEABLE ...  depend on how Linux was built; pagewalk merges no pages
    mincore in a child  Linux leaves a child to find again what its parent has only read
    failed writes       beyond the end of a file, of memory that is not there, make it longer on Linux

PAGEWALK_LINUX_SEEDS sets how many sequences are tried of each kind: `make linux` tries many.
"""

import contextlib
import os
import platform
import shutil
import signal
import subprocess
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory, TemporaryFile

import pytest

from emulator import Machine
from isa import Program
from tests.linux.signals import Signals
from tests.linux.steps import Errors, Family, FileMemory, HugeMemory, Memory, Op, packed
from tests.linux.threads import Threads
from tests.running import CHECKED

HERE = Path(__file__).parent
SEEDS = int(os.environ.get("PAGEWALK_LINUX_SEEDS", "240"))
BATCH = 10
COMMON = ("-O1", "-w", "-nostdlib", "-static", "-fno-builtin")
NATIVE = ("gcc", *COMMON, "-fno-stack-protector", "-fno-pic", "-no-pie", "-fcf-protection=none")
RISCV = ("riscv64-unknown-elf-gcc", *COMMON, "-march=rv64ima", "-mabi=lp64", "-mno-relax")

OLDEST = (5, 18)  # has all the advice that the steps give


def release():
    """The host's kernel, as (major, minor)."""
    numbers = [int(part) for part in platform.release().split(".")[:2] if part.isdecimal()]
    return tuple(numbers) if len(numbers) == 2 else (0, 0)


on_this_host = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        platform.system() != "Linux" or platform.machine() != "x86_64", reason="the oracle is Linux on x86-64"
    ),
    pytest.mark.skipif(release() < OLDEST, reason="the oracle is Linux 5.18 or later"),
    pytest.mark.skipif(
        not (shutil.which("gcc") and shutil.which(RISCV[0])), reason="gcc and riscv64-unknown-elf-gcc build the program"
    ),
]


pytestmark = on_this_host


def build(folder, source):
    """The program for Linux, as a path, and for pagewalk."""
    for compiler, name in ((NATIVE, "native"), (RISCV, "program.elf")):
        subprocess.run([*compiler, HERE / source, "-o", folder / name], check=True)
    return folder / "native", Program.load(folder / "program.elf")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The program that takes steps on memory, children and errors."""
    return build(tmp_path_factory.mktemp("steps"), "steps.c")


@pytest.fixture(scope="module")
def built_for_signals(tmp_path_factory):
    """The program that takes steps on signals."""
    return build(tmp_path_factory.mktemp("signals"), "signals.c")


@pytest.fixture(scope="module")
def built_for_threads(tmp_path_factory):
    """The program whose threads take steps on the memory and files that they share."""
    return build(tmp_path_factory.mktemp("threads"), "threads.c")


def on_linux(program, steps):
    """What each step gives on Linux, in a process group of its own, as here, which is ended with all its children.

    Its standard error is a file: of a write that cannot be whole a file takes what is there, as here, a pipe nothing.
    `env` lets signals do what they do, which whoever runs the tests may ignore (nohup).
    """
    with (
        TemporaryFile() as errors,
        TemporaryDirectory() as folder,
        subprocess.Popen(
            ["env", "--default-signal", program], stdin=PIPE, stdout=PIPE, stderr=errors, process_group=0, cwd=folder
        ) as run,
    ):
        try:
            return run.communicate(packed(steps), timeout=60)[0].decode().splitlines()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


def here(program, steps, most=10_000_000, **settings):
    """What each step gives here, in at most so many instructions."""
    with TemporaryDirectory() as folder:
        settings |= {"memory": "64MiB", "check_stale": CHECKED, "root": folder}
        return run_here(Machine(stdin=packed(steps), **settings), program, most)


def run_here(machine, program, most=10_000_000):
    """What the program tells that it is given steps on a machine."""
    machine.spawn(program)
    result = machine.run(most)
    assert result.ended == "exit"
    assert result.counters["frames.leaked"] == 0  # F68
    assert result.counters["stale.uses"] == 0  # F45
    return result.stdout.splitlines()


def compare(built, steps, **settings):
    """Fail at the first step that gives something else."""
    native, program = built
    expected, found = on_linux(native, steps), here(program, steps, **settings)
    taken = [step for step in steps if step[0] != Op.END]
    for place, (linux, ours) in enumerate(zip(expected, found, strict=False)):
        assert ours == linux, f"line {place} of {len(expected)}; steps, in the order of the list: {taken}"
    assert len(found) == len(expected)


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_F70_F77_calls_on_memory_give_what_linux_gives(built, first):
    for seed in range(first, first + BATCH):
        compare(built, Memory(seed).steps(60))


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_F132_F133_F134_F136_files_and_their_mappings_give_what_linux_gives(built, first):
    for seed in range(first, first + BATCH):
        compare(built, FileMemory(seed).steps(60))


@pytest.mark.skipif(not Path("/sys/kernel/mm/transparent_hugepage").exists(), reason="Linux without huge pages")
@pytest.mark.parametrize("huge", ["always", "madvise"])
@pytest.mark.parametrize("first", range(0, SEEDS // 4, BATCH))
def test_F110_memory_holds_what_it_does_on_linux_whatever_the_size_of_its_pages(built, first, huge):
    for seed in range(first, first + BATCH):
        compare(built, HugeMemory(seed).steps(60), huge=huge)


@pytest.mark.parametrize(("steps", "huge"), [(Memory, "never"), (HugeMemory, "madvise")])
@pytest.mark.parametrize("paging", ["sv39", "x86-64", "arm64"])
@pytest.mark.parametrize("first", range(0, SEEDS // 8, BATCH))
def test_memory_holds_what_it_does_on_linux_where_processes_share_page_tables(built, first, paging, steps, huge):
    for seed in range(first, first + BATCH):
        compare(built, steps(seed).steps(60), fork="shared-tables", paging=paging, huge=huge)


@pytest.mark.parametrize("first", range(0, SEEDS // 4, BATCH))
def test_F72_F74_F75_signals_waits_and_groups_give_what_linux_gives(built, first):
    for seed in range(first, first + BATCH):
        compare(built, Family(seed).steps(40))


@pytest.mark.parametrize("first", range(0, SEEDS // 2, BATCH))
def test_F150_F153_handlers_run_in_the_order_and_with_the_masks_of_linux(built_for_signals, first):
    for seed in range(first, first + BATCH):
        compare(built_for_signals, Signals(seed).steps(40))


@pytest.mark.parametrize("first", range(0, SEEDS // 2, BATCH))
def test_F76_F77_wrong_arguments_give_the_error_that_linux_gives(built, first):
    for seed in range(first, first + BATCH):
        compare(built, Errors(seed).steps(60))


@pytest.mark.parametrize("first", range(0, SEEDS // 4, BATCH))
def test_F73_F95_F132_threads_share_memory_and_files_as_on_linux(built_for_threads, first):
    for seed in range(first, first + BATCH):
        compare(built_for_threads, Threads(seed).steps(60), harts=1 + seed % 3)
