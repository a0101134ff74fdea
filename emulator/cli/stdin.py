"""Standard input for a program, read when it first asks: a pipe that nobody closes holds up only who reads from it."""

import os
from functools import cached_property

from emulator.base.errors import EmulatorError
from emulator.base.interrupts import let_through

MOST_BYTES = 256 << 20


class StandardInput:
    """The bytes of file descriptor 0; a terminal has none. Raises EmulatorError where they cannot be read.

    All of it is read at once, so that what a program gets does not depend on when its bytes arrive.
    """

    @cached_property
    def _all(self) -> bytes:
        if os.isatty(0):
            return b""
        try:
            with let_through(), open(0, "rb", closefd=False) as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise EmulatorError(f"standard input: cannot be read: {error.strerror}") from None
        if len(content) > MOST_BYTES:
            raise EmulatorError(f"standard input: holds more than {MOST_BYTES >> 20} MiB; a program is given no more")
        return content

    def part(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`, fewer at the end."""
        return self._all[start:end]
