"""Packets on the wire: `$data#sum`, answered by `+` or `-` until both sides have agreed to do without.

A byte 0x03 between packets is Ctrl-C. In data `}` comes before a byte that would not pass, which is then xor 0x20.
"""

from collections.abc import Iterator

START, END, ESCAPE, CTRL_C = b"$"[0], b"#"[0], b"}"[0], 3
ACK, REFUSE = b"+", b"-"
SUM_DIGITS = 2
MOST_BYTES = 1 << 16  # of a packet: what is longer is no packet of a client that was told `PACKET_SIZE`
INTERRUPT = b"\x03"  # stands for a Ctrl-C among packets
BAD = b"\x15"  # stands for a packet whose sum is wrong


def framed(data: bytes) -> bytes:
    """Return `data`, escaped already, as a packet."""
    return b"$%b#%02x" % (data, sum(data) & 0xFF)


def escaped(data: bytes) -> bytes:
    """Return binary data as it may stand in a packet."""
    return b"".join(bytes((ESCAPE, byte ^ 0x20)) if byte in b"$#}*" else bytes((byte,)) for byte in data)


def unescaped(data: bytes) -> bytes:
    """Return the binary data that a packet's data stand for."""
    first, *rest = data.split(b"}")
    return first + b"".join(bytes((part[0] ^ 0x20,)) + part[1:] for part in rest if part)


class Reader:
    """Takes bytes as they come and gives whole packets; what is none is passed over."""

    def __init__(self) -> None:
        self._left = bytearray()

    def take(self, data: bytes) -> Iterator[bytes]:
        """Take bytes and yield the data of each packet that is whole by now, or `INTERRUPT` or `BAD`."""
        self._left += data
        while self._left:
            first = self._left[0]
            if first == CTRL_C:
                del self._left[0]
                yield INTERRUPT
            elif first != START:
                del self._left[0]
            else:
                end = self._left.find(END)
                if end < 0 or len(self._left) < end + 1 + SUM_DIGITS:
                    if len(self._left) > MOST_BYTES:
                        self._left.clear()
                        yield BAD
                    return
                content = bytes(self._left[1:end])
                told = bytes(self._left[end + 1 : end + 1 + SUM_DIGITS])
                del self._left[: end + 1 + SUM_DIGITS]
                yield content if told.lower() == b"%02x" % (sum(content) & 0xFF) else BAD
