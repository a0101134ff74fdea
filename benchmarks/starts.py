"""Starting: `pagewalk run programs/hello.s` as a process of its own, with and without compiled code on disk.

Peak memory is what the process itself says at its end: what the system reports to a parent counts the parent in.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]
HELLO = """
import re, sys
from emulator.cli import invoke
status = invoke(["run", "programs/hello.s"])
with open("/proc/self/status") as file:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", file.read())[1])
sys.exit(status)
"""


@dataclass(frozen=True)
class Start:
    """One run of hello: seconds on the wall and of CPU, peak memory."""

    wall: float
    cpu: float
    peak_mib: float


def warm() -> Start:
    """Run hello with the compiled code that earlier runs left."""
    return _start({})


def cold() -> Start:
    """Run hello with nothing compiled."""
    with tempfile.TemporaryDirectory() as empty:
        return _start({"PAGEWALK_CACHE": empty})


def _start(environment: dict[str, str]) -> Start:
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", HELLO], cwd=TOP, env=os.environ | environment, stdout=out, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        out.seek(0)
        greeting, peak = out.read().decode().splitlines()
    assert (process.returncode, greeting) == (0, "hello, page tables")
    return Start(wall, usage.ru_utime + usage.ru_stime, int(peak) / 1024)
