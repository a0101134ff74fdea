"""A run as a page: one file for a browser, in which one goes back and forth through its events (docs/page.md)."""

from emulator.page.html import page
from emulator.page.recorder import Recorder

__all__ = ["Recorder", "page"]
