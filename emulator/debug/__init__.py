"""Debugging a program that runs on a machine: one session, spoken to by gdb (`gdb`) or by an editor (`dap`)."""

from emulator.debug.session import Session

__all__ = ["Session"]
