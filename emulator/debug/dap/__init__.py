"""The debug adapter protocol, which editors speak, on top of a session: over standard input and output."""

from emulator.debug.dap.adapter import serve

__all__ = ["serve"]
