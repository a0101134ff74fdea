"""The three files of every process: standard input, given when the machine is made; output and error, collected."""

from typing import Protocol, runtime_checkable

from emulator.base.errors import ConfigError, shown


@runtime_checkable
class Input(Protocol):
    """What standard input is read from: bytes, or what gives parts of itself as bytes when asked."""

    def part(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`, fewer at the end."""


class Streams:
    """Bytes in, bytes out. Raises ConfigError for a standard input that is neither bytes nor an `Input`."""

    def __init__(self, stdin: bytes | bytearray | memoryview | Input) -> None:
        if not isinstance(stdin, bytes | bytearray | memoryview | Input):
            raise ConfigError(f"stdin: '{shown(stdin)}' is not bytes; b'text' is right")
        self._input = stdin if isinstance(stdin, Input) else bytes(stdin)
        self._read = 0
        self.out = bytearray()
        self.err = bytearray()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes of what standard input still holds; none at its end. `consume` takes them."""
        if isinstance(self._input, bytes):
            return self._input[self._read : self._read + size]
        return self._input.part(self._read, self._read + size)

    def consume(self, size: int) -> None:
        """Take `size` bytes from standard input."""
        self._read += size

    def write(self, descriptor: int, data: bytes) -> None:
        """Append to standard output (1) or standard error (2)."""
        (self.out if descriptor == 1 else self.err).extend(data)
