"""The server that gdb connects to: one client at a time, on this computer alone.

A client that hangs up leaves the run where it stands, for the next one; one that kills or detaches ends the server.
"""

import select
import socket
from collections.abc import Callable

from emulator.base.errors import EmulatorError
from emulator.debug.gdb.packets import ACK, BAD, INTERRUPT, REFUSE, Reader, framed
from emulator.debug.gdb.stub import Stub
from emulator.debug.session import Session

HOST = "127.0.0.1"
MOST_PORT = (1 << 16) - 1
SLOT = 1 << 16  # bytes taken from the socket at once


class Gone(Exception):
    """The client has hung up."""


def listen(port: int) -> socket.socket:
    """Return a socket that listens on `port` of this computer, any free one for 0. Raises EmulatorError."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise EmulatorError(f"--gdb {port}: {HOST}:{port}: {error.strerror}; another port is right") from None
    return listener


def serve(session: Session, listener: socket.socket, note: Callable[[str], None]) -> str:
    """Serve clients until one lets go; return "detached", "killed", or "over" when the program has ended.

    `note` takes what there is to say to whoever has started the server.
    """
    while True:
        client, _ = listener.accept()
        with client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(session, listener, client)
            try:
                connection.run()
            except (Gone, OSError):
                if not session.processes():
                    return "over"
                note("gdb has hung up; the run stands still, and waits for another to connect")
        if connection.stub.over:
            return connection.stub.over


class Connection:
    """A client and its packets."""

    def __init__(self, session: Session, listener: socket.socket, client: socket.socket) -> None:
        self.stub = Stub(session, self._stop_asked, self._show)
        self._listener, self._client, self._reader = listener, client, Reader()
        self._waiting: list[bytes] = []  # packets that came while the run went on

    def run(self) -> None:
        """Answer packets until the client lets go. Raises Gone or OSError when it hangs up."""
        while not self.stub.over:
            if not self._waiting:
                self._take(wait=True)
            while self._waiting and not self.stub.over:
                self._handle(self._waiting.pop(0))

    def _handle(self, packet: bytes) -> None:
        acks = not self.stub.without_acks
        if packet == INTERRUPT:
            return  # the run stands still already
        if packet == BAD:
            self._client.sendall(REFUSE if acks else b"")
            return
        if acks:
            self._client.sendall(ACK)
        self._client.sendall(framed(self.stub.answer(packet)))

    def _stop_asked(self) -> bool:
        """Return whether Ctrl-C has come. Raises Gone when the client has hung up."""
        self._take(wait=False)
        if INTERRUPT in self._waiting:
            self._waiting.remove(INTERRUPT)
            return True
        return False

    def _take(self, wait: bool) -> None:
        """Take what the client has sent; with `wait` there is something. Whoever else comes is turned away."""
        while True:
            ready, _, _ = select.select([self._client, self._listener], [], [], None if wait else 0)
            if self._client in ready:
                data = self._client.recv(SLOT)
                if not data:
                    raise Gone
                self._waiting += self._reader.take(data)
            elif ready:
                self._listener.accept()[0].close()
            if not wait or self._waiting:
                return

    def _show(self, text: str) -> None:
        """Let gdb show `text`, while it waits for the run to stop."""
        self._client.sendall(framed(b"O" + text.encode("utf-8", "backslashreplace").hex().encode()))
