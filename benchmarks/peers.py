"""Others that do the same works: an interpreter in C, QEMU's system emulation, Spike.

QEMU and Spike run the very programs of `programs/`, in user mode on a kernel of one page (`peers/boot.S`): their
copy-on-write faults are handled by simulated instructions, about 1,270 for a page. The ideal handles them on the host.
"""

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from benchmarks.works import PAGES, PROGRAMS, WORKS, lengths

HERE = Path(__file__).parent
CROSS = "riscv64-unknown-elf-"
ISA = "rv64ima_zicsr_zifencei"


class Absent(Exception):
    """A peer, or what it is built with, is not installed."""


class Ideal:
    """The C interpreter of `ideal/ideal.c`; it times its passes itself."""

    name = "ideal"
    passes: ClassVar[Mapping[str, int]] = {"hot_loop": 20_000, "stride": 400, "chase": 32, "cow_storm": 10}

    def __init__(self, folder: Path) -> None:
        if shutil.which("gcc") is None:
            raise Absent("gcc is not installed")
        self._path = folder / "ideal"
        source = HERE / "ideal" / "ideal.c"
        subprocess.run(["gcc", "-O3", "-march=native", "-o", self._path, source], check=True)

    def measure(self, work: str) -> float:
        """Return instructions a second, or copies a second of the storm."""
        words = [str(self._path), work, str(self.passes[work])]
        done = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
        instructions, seconds, _, copies = int(done[0]), float(done[1]), int(done[2]), int(done[3])
        return (copies if work == "cow_storm" else instructions) / seconds


class FullSystem(ABC):
    """An emulator of a whole machine; set-up is taken off by running without a pass."""

    name: str
    passes: ClassVar[Mapping[str, int]]
    define: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for tool in (self.command(Path())[0], f"{CROSS}gcc", f"{CROSS}as", f"{CROSS}ld"):
            if shutil.which(tool) is None:
                raise Absent(f"{tool} is not installed")

    @abstractmethod
    def command(self, elf: Path) -> list[str]:
        """Return the command that runs `elf`."""

    def measure(self, work: str) -> float:
        """Return instructions a second, or copies a second of the storm."""
        passes = self.passes[work]
        seconds = self._cpu_seconds(work, passes) - self._cpu_seconds(work, 0)
        return passes * (PAGES if work == "cow_storm" else lengths(WORKS[work])[1]) / seconds

    def _cpu_seconds(self, work: str, passes: int) -> float:
        command = self.command(self._build(work, passes))
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{self.name}: {work} ended with status {process.returncode}: computed something else")
        return usage.ru_utime + usage.ru_stime

    def _build(self, work: str, passes: int) -> Path:
        """Return an ELF file of the kernel, the program and its argument."""
        elf = self._folder / f"{self.name}-{work}-{passes}.elf"
        if elf.exists():
            return elf
        boot, program = self._folder / "boot.o", self._folder / "program.o"
        options = [f"-march={ISA}", "-mabi=lp64", *self.define, f'-DREPEATS="{passes}"']
        included = [f"-I{folder}" for folder in (PROGRAMS, PROGRAMS / "lib")]
        tools: tuple[list[str | Path], ...] = (
            [f"{CROSS}gcc", *options, "-c", "-o", boot, HERE / "peers" / "boot.S"],
            [f"{CROSS}as", "-march=rv64ima", *included, "-o", program, PROGRAMS / f"{work}.s"],
            [f"{CROSS}ld", "--no-warn-rwx-segments", "-T", HERE / "peers" / "memory.ld", "-o", elf, boot, program],
        )
        for tool in tools:
            subprocess.run(tool, check=True)
        return elf


class Qemu(FullSystem):
    """QEMU's system emulation: translates to host code; a soft TLB, no model of one."""

    name = "qemu"
    passes: ClassVar = {"hot_loop": 100_000, "stride": 200, "chase": 48, "cow_storm": 8}

    def command(self, elf: Path) -> list[str]:
        """Return the command that runs `elf`."""
        return [
            *("qemu-system-riscv64", "-M", "virt", "-m", "256M", "-bios", "none", "-kernel", str(elf)),
            *("-nographic", "-monitor", "none", "-serial", "none"),
        ]


class Spike(FullSystem):
    """Spike: interprets; a soft TLB, no model of one."""

    name = "spike"
    passes: ClassVar = {"hot_loop": 8_000, "stride": 200, "chase": 48, "cow_storm": 8}
    define = ("-DTOHOST",)

    def command(self, elf: Path) -> list[str]:
        """Return the command that runs `elf`."""
        return ["spike", "-m256", f"--isa={ISA}", str(elf)]


def present(folder: Path) -> tuple[list[Ideal | FullSystem], dict[str, str]]:
    """Return the peers that can run here, built in `folder`, and why others cannot."""
    found: list[Ideal | FullSystem] = []
    absent = {}
    for kind in (Ideal, Qemu, Spike):
        try:
            found.append(kind(folder))
        except Absent as reason:
            absent[kind.name] = str(reason)
    return found, absent
