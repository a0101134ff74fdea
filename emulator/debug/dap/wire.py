"""Messages on the wire: `Content-Length: N`, an empty line, N bytes of JSON; checked by their types when read."""

import os
import re
import select
from typing import Any

import msgspec

from emulator.base.errors import EmulatorError, shown
from emulator.debug.dap.messages import Event, Request, Response

SLOT = 1 << 16  # bytes read at once
MOST_BYTES = 16 << 20  # of a message
LENGTH = re.compile(rb"(?:^|\r\n)Content-Length: *(\d{1,9}) *\r\n", re.IGNORECASE)
END = b"\r\n\r\n"


class Gone(Exception):
    """The editor has closed its end."""


class Wire:
    """Reads messages from one file descriptor and writes to another."""

    def __init__(self, source: int, target: int) -> None:
        self._source, self._target = source, target
        self._left = b""
        self._number = 0

    def requests(self, wait: bool) -> list[Request]:
        """Return the requests that have come; with `wait` there is one.

        Raises Gone when the editor has hung up, EmulatorError for what is no request.
        """
        found: list[Request] = []
        while not found:
            ready = select.select([self._source], [], [], None if wait else 0)[0]
            if not ready:
                break
            data = os.read(self._source, SLOT)
            if not data:
                raise Gone
            self._left += data
            found = self._whole()
            if not wait:
                break
        return found

    def send(self, message: Response | Event) -> None:
        """Write a message, numbered. Raises Gone when nobody reads it."""
        self._number += 1
        message.seq = self._number
        content = msgspec.json.encode(message)
        data = b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
        while data:
            try:
                data = data[os.write(self._target, data) :]
            except BrokenPipeError:
                raise Gone from None

    def event(self, name: str, body: Any = None) -> None:
        """Write an event."""
        self.send(Event(name, body))

    def _whole(self) -> list[Request]:
        """Take the whole messages off what has been read."""
        found: list[Request] = []
        while True:
            head, end, rest = self._left.partition(END)
            if not end:
                if len(self._left) > SLOT:
                    raise EmulatorError("--dap: standard input is no debug adapter protocol: no header ends")
                return found
            length = LENGTH.search(head + b"\r\n")
            if length is None or int(length[1]) > MOST_BYTES:
                raise EmulatorError(
                    f"--dap: '{shown(head.decode('latin-1'))}' is no header; Content-Length: N is right"
                )
            size = int(length[1])
            if len(rest) < size:
                return found
            self._left = rest[size:]
            try:
                found.append(msgspec.json.decode(rest[:size], type=Request))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise EmulatorError(f"--dap: a message is no request: {shown(error)}") from None
