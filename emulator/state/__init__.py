"""What a machine looks like at one moment: records that say so, and nothing of how they are read (`emulator.look`)."""

from emulator.state.memory import Entry, Frame, Holds, Owner, Region, Rights, Space, Stretch, Table
from emulator.state.processes import Process, Thread
from emulator.state.state import Hart, State
from emulator.state.tlb import Kind, TlbEntry

__all__ = [
    "Entry",
    "Frame",
    "Hart",
    "Holds",
    "Kind",
    "Owner",
    "Process",
    "Region",
    "Rights",
    "Space",
    "State",
    "Stretch",
    "Table",
    "Thread",
    "TlbEntry",
]
