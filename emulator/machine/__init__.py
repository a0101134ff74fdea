"""The machine that users build, and the door for those that stop it, look, and go on."""

from emulator.machine.control import Control, Stop
from emulator.machine.machine import Machine, Now
from emulator.machine.watch import Watch

__all__ = ["Control", "Machine", "Now", "Stop", "Watch"]
