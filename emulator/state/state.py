"""A machine at one moment."""

from typing import NamedTuple

from emulator.state.memory import Frame, Space, Stretch
from emulator.state.processes import Process
from emulator.state.tlb import TlbEntry


class Hart(NamedTuple):
    """A hart: `pid` and `tid` are of the thread that it runs, 0 for none.

    `cycle` is its clock, `instructions` are those that it has retired, `asid` is that of the address space that it is
    in. `entries` are by TLB, the first level first, and in each by set, the entry used last first; ghosts come last.
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
