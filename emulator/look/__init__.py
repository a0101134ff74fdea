"""Looking at a machine: how the records of `emulator.state` are read out of its world, which stays as it is."""

from emulator.look.look import Look

__all__ = ["Look"]
