"""gdb's remote serial protocol (GDB manual, appendix "GDB Remote Serial Protocol") on top of a session."""

from emulator.debug.gdb.server import serve

__all__ = ["serve"]
