"""Standard input for a program, read when it first asks: a pipe that nobody closes holds up only who reads from it."""

import os
from functools import cached_property

from emulator.base.interrupts import let_through


class StandardInput:
    """The bytes of file descriptor 0, sliced like `bytes`; a terminal has none.

    All of it is read at once, so that what a program gets does not depend on when its bytes arrive.
    """

    @cached_property
    def _all(self) -> bytes:
        if os.isatty(0):
            return b""
        with let_through(), open(0, "rb", closefd=False) as file:
            return file.read()

    def __getitem__(self, part: slice) -> bytes:
        return self._all[part]
