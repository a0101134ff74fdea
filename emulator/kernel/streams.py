"""The three files of every process: standard input, given when the machine is made; output and error, collected."""


class Streams:
    """Bytes in, bytes out."""

    def __init__(self, stdin: bytes) -> None:
        self._input = stdin
        self._read = 0
        self.out = bytearray()
        self.err = bytearray()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes of what standard input still holds; none at its end. `consume` takes them."""
        return self._input[self._read : self._read + size]

    def consume(self, size: int) -> None:
        """Take `size` bytes from standard input."""
        self._read += size

    def write(self, descriptor: int, data: bytes) -> None:
        """Append to standard output (1) or standard error (2)."""
        (self.out if descriptor == 1 else self.err).extend(data)
