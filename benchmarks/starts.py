"""Starting: commands as processes of their own, with and without compiled code on disk; and compiling.

Peak memory is what the process itself says at its end: what the system reports to a parent counts the parent in.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]
COMMAND = """
import re, sys
from emulator.cli import invoke
status = invoke(sys.argv[1:])
with open("/proc/self/status") as file:
    print("peak", re.search(r"VmHWM:\\s+(\\d+) kB", file.read())[1])
sys.exit(status)
"""
HELLO = ("run", "programs/hello.s")
STORY = ("explain", "programs/child_writes_first.s")
SUBSHELL = ("explain", "programs/subshell.s")


@dataclass(frozen=True)
class Start:
    """One command: seconds on the wall and of CPU, its children's included, and peak memory."""

    wall: float
    cpu: float
    peak_mib: float


def warm() -> Start:
    """Run hello with the compiled code that earlier runs left."""
    return _start(HELLO, {"PAGEWALK_ENGINE": "compiled"}, "hello, page tables\n")


def cold() -> Start:
    """Tell a story with nothing compiled; what begins to compile in the background is ended with the answer."""
    with tempfile.TemporaryDirectory() as empty:
        try:
            return _start(STORY, {"PAGEWALK_CACHE": empty, "PAGEWALK_ENGINE": "auto"}, "parent: I still see 1\n")
        finally:
            _end_compilation(Path(empty))


def plain() -> Start:
    """Tell the same story with the compiler turned off."""
    return _start(STORY, {"NUMBA_DISABLE_JIT": "1"}, "parent: I still see 1\n")


def told() -> Start:
    """Tell the story of subshell."""
    return _start(SUBSHELL, {"PAGEWALK_ENGINE": "compiled"}, "")


def paged() -> Start:
    """Write subshell as a page."""
    return _start((*SUBSHELL, "--html", "-"), {"PAGEWALK_ENGINE": "compiled"}, "</html>\n")


def compiling() -> Start:
    """Compile all that a run needs."""
    with tempfile.TemporaryDirectory() as empty:
        return _start(("compile",), {"PAGEWALK_CACHE": empty}, ".image\n")


def importing_numba() -> float:
    """Return the seconds of CPU that Python takes to import numba and nothing else."""
    before = os.times()
    subprocess.run([sys.executable, "-c", "import numba"], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _start(arguments: tuple[str, ...], environment: dict[str, str], ending: str) -> Start:
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *arguments],
            cwd=TOP,
            env=os.environ | environment,
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        out.seek(0)
        said, _, peak = out.read().decode().rpartition("peak ")
    assert process.returncode == 0
    assert said.endswith(ending), said
    return Start(wall, usage.ru_utime + usage.ru_stime, int(peak) / 1024)


def _end_compilation(cache: Path) -> None:
    """End the process that compiles into `cache`, and wait until it has gone."""
    for _ in range(100):
        for file in cache.rglob("*.compiling"):
            said = json.loads(file.read_text() or "{}")
            if "pid" in said:
                os.kill(said["pid"], signal.SIGTERM)
                while _is_there(said["pid"]):
                    time.sleep(0.02)
                return
        time.sleep(0.05)


def _is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return re.search(r"\) (\w)", state)[1] != "Z"  # type: ignore[index]
