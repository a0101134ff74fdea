"""A run as a page: one file for a browser, in which one goes back and forth through its events (docs/page.md)."""

from emulator.page.html import page
from emulator.page.recorder import MOST_EVENTS, Recorder

__all__ = ["MOST_EVENTS", "Recorder", "page"]
