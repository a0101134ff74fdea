"""Ctrl-C at a good moment: held back while state is being changed, so that what was counted so far is whole."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether an interrupt from the keyboard has come since this began."""

    def __init__(self) -> None:
        self.came = False

    def note(self, number: int, frame: FrameType | None) -> None:
        """Note that one has come."""
        self.came = True


@contextmanager
def held_back() -> Iterator[Interrupts]:
    """Hold interrupts back in this block, if it is theirs to interrupt; whoever runs in it looks whether one `came`."""
    interrupts = Interrupts()
    with _handler(interrupts.note):
        yield interrupts


@contextmanager
def let_through() -> Iterator[None]:
    """Let interrupts raise KeyboardInterrupt in this block, which waits for something outside."""
    with _handler(signal.default_int_handler):
        yield


@contextmanager
def _handler(handler: "signal._HANDLER") -> Iterator[None]:
    """Handle interrupts so in this block. Only the main thread can, and whoever has taken Ctrl-C over keeps it."""
    now = signal.getsignal(signal.SIGINT)
    ours = now is signal.default_int_handler or isinstance(getattr(now, "__self__", None), Interrupts)
    if threading.current_thread() is not threading.main_thread() or not ours:
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
