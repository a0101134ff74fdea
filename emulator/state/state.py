"""A machine at one moment."""

from collections import Counter
from typing import NamedTuple

from emulator.base import html
from emulator.state.memory import Frame, Space, Stretch
from emulator.state.processes import Process
from emulator.state.tlb import Kind, TlbEntry


class Hart(NamedTuple):
    """A hart: `pid` and `tid` are of the thread that it runs, 0 for none.

    `cycle` is its clock, `instructions` are those that it has retired, `asid` is that of the address space that it is
    in. `entries` are by TLB, the first level first, and in each by set, the entry used last first; ghosts come last.
    Walk caches come after all TLBs, the one of the lowest pointers first.
    """

    number: int
    pid: int
    tid: int
    pc: int
    cycle: int
    instructions: int
    asid: int
    entries: tuple[TlbEntry, ...]


class State(NamedTuple):
    """What there is: harts, processes and address spaces by number, and the frames in use.

    `events` is how many events have been so far, kept or not, and `instructions` how many all harts have retired.
    `frames_free` is how many frames are free, `memory` what was asked for.
    """

    events: int
    instructions: int
    harts: tuple[Hart, ...]
    processes: tuple[Process, ...]
    spaces: tuple[Space, ...]
    frames: tuple[Frame, ...]
    frames_free: int
    memory: tuple[Stretch, ...]

    def _repr_html_(self) -> str:
        """Return what there is for a notebook: who runs where, who is alive, and what frames hold."""
        harts = [(it.number, it.pid or "idle", f"{it.pc:#x}", it.cycle, _granting(it)) for it in self.harts]
        processes = [
            (process.pid, process.program, process.life, ", ".join(f"{it.tid} {it.state}" for it in process.threads))
            for process in self.processes
        ]
        spaces = [
            (it.number, ", ".join(map(str, it.pids)), it.asid, len(it.regions), len(list(it.root.pages())))
            for it in self.spaces
        ]
        held = Counter(frame.holds.value for frame in self.frames)
        return html.title(f"after {self.instructions:,} instructions and {self.events:,} events") + html.beside(
            html.table((">hart", ">process", ">pc", ">cycle", ">TLB entries"), harts),
            html.table((">process", "program", "life", "threads"), processes),
            html.table((">space", "of processes", ">ASID", ">regions", ">pages"), spaces),
            html.table(("frames of", ">count"), [*sorted(held.items()), ("free", self.frames_free)]),
        )

    def space(self, number: int) -> Space:
        """Return the address space of that number. Raises KeyError where there is none."""
        for space in self.spaces:
            if space.number == number:
                return space
        raise KeyError(number)

    def process(self, pid: int) -> Process:
        """Return the process of that number. Raises KeyError where there is none."""
        for process in self.processes:
            if process.pid == pid:
                return process
        raise KeyError(pid)

    def frame(self, number: int) -> Frame:
        """Return the frame of that number. Raises KeyError where it is free."""
        for frame in self.frames:
            if frame.number == number:
                return frame
        raise KeyError(number)


def _granting(hart: Hart) -> int:
    return sum(entry.kind in (Kind.GRANTS, Kind.STALE) for entry in hart.entries)
