"""A real gdb in front of a server of ours, and a client of the protocol that says what it likes."""

import shutil
import socket
import subprocess
import sys
import threading

import pytest

from emulator import Machine
from emulator.debug import Session
from emulator.debug.gdb.packets import BAD, Reader, framed
from emulator.debug.gdb.server import HOST, listen, serve
from isa import Program, assemble

GDB = shutil.which("gdb-multiarch")
needs_gdb = [
    pytest.mark.oracle,
    pytest.mark.skipif(GDB is None, reason="gdb-multiarch is not installed (make oracles)"),
]
PATIENCE = 120


class Debugged:
    """A program that waits for a debugger at `port`; `over` says how that ended, `written` what the program wrote."""

    def __init__(self, program, **choices):
        self.machine = Machine(**{"memory": "16MiB", **choices})
        self.machine.spawn(program if isinstance(program, Program) else assemble(program))
        self.written, self.notes, self.over, self._clients = bytearray(), [], None, []
        self.session = Session(self.machine, lambda _, data: self.written.extend(data))
        self._listener = listen(0)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        with self._listener:
            self.over = serve(self.session, self._listener, self.notes.append)

    def ended(self):
        """How it ended, once it has."""
        self._thread.join(PATIENCE)
        return self.over

    def gdb(self, *commands, connect=True):
        """What gdb prints when it carries out `commands`, in lines; before them it connects, if they do not."""
        before = ["set sysroot", f"target remote {HOST}:{self.port}"] if connect else []
        script = ["set confirm off", "set width 0", *before, *commands]
        words = [word for command in script for word in ("-ex", command)]
        line = [GDB, "-nx", "-q", "-batch", *words]
        out = subprocess.PIPE
        return subprocess.run(line, stdout=out, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE).stdout

    def client(self):
        """A client that has connected."""
        self._clients.append(Client(self.port))
        return self._clients[-1]

    def close(self):
        """Let it be over."""
        for client in self._clients:
            client.close()
        if self._thread.is_alive():
            last = Client(self.port)
            last.ask(b"k")
            last.close()
        self.ended()


class Client:
    """Speaks the protocol without acknowledgements, once it has said so."""

    def __init__(self, port):
        self.socket = socket.create_connection((HOST, port), PATIENCE)
        self._reader, self._answers = Reader(), []

    def send(self, data):
        self.socket.sendall(framed(data))

    def answer(self):
        """The next answer; None when the server has hung up."""
        while not self._answers:
            data = self.socket.recv(1 << 16)
            if not data:
                return None
            self._answers += self._reader.take(data)
        answer = self._answers.pop(0)
        assert answer != BAD
        return answer

    def ask(self, data):
        self.send(data)
        return self.answer()

    def close(self):
        self.socket.close()


def command(*arguments):
    """The command line of a `pagewalk` in a process of its own."""
    return [sys.executable, "-c", "from emulator.cli import main; main()", *map(str, arguments)]
