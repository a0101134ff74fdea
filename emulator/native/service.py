"""The process that compiles: one at a time for each image, however many commands want it.

It holds a lock on a file beside the image, and writes there how far it is. The lock goes with the process, however that
ends; the image appears whole or not at all. It outlives the command that started it and takes the host's spare time.
"""

import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

TOP = str(Path(__file__).resolve().parents[2])
TRIES, BETWEEN = 20, 0.05  # s: who only looks at the lock holds it for a moment


@dataclass(frozen=True)
class Progress:
    """How far a compilation is: the share that is done, 0 to 1, and the seconds that it has taken."""

    done: float
    seconds: float

    @property
    def left(self) -> float | None:
        """Seconds that it will yet take, as it goes so far; None in its first moments."""
        return self.seconds / self.done * (1 - self.done) if self.done > 0.05 else None


class Compilation:
    """The making of the image `path`, with the doors of `modules`: by whoever is at it."""

    def __init__(self, path: Path, modules: tuple[str, ...]) -> None:
        self._path = path
        self._modules = modules
        self._child = 0

    def start(self) -> None:
        """Start the process. Raises OSError."""
        if not sys.executable:
            raise OSError("this process does not know its Python")
        environment = dict(os.environ)
        for name in ("NUMBA_DISABLE_JIT", "PYTHONWARNINGS"):  # meant for programs, not for the compiler
            environment.pop(name, None)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (TOP, environment.get("PYTHONPATH"))))
        # -P: the folder that the command runs in is no place to import from
        arguments = [sys.executable, "-P", "-m", "emulator.compiler", str(self._path), *self._modules]
        nothing = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in range(3)]
        self._child = os.posix_spawn(sys.executable, arguments, environment, file_actions=nothing, setsid=True)

    def has_ended(self) -> bool:
        """Return whether the process that was started here has ended."""
        try:
            if self._child and os.waitpid(self._child, os.WNOHANG) != (0, 0):
                self._child = 0
        except ChildProcessError:  # this process has its children taken care of elsewhere
            self._child = 0
        return self._child == 0

    def stop(self) -> None:
        """End the process that was started here, if it is still at work: nothing of it stays."""
        if not self.has_ended():
            os.killpg(self._child, signal.SIGTERM)  # and its children
            os.waitpid(self._child, 0)
            self._child = 0

    def progress(self) -> Progress | None:
        """Return how far the process is that makes this image; None where none does."""
        try:
            with _lock_of(self._path).open("r+") as file:
                if _lock(file, fcntl.LOCK_SH):
                    return None
                said = _read(file)
        except OSError:
            return None
        return Progress(said.get("done", 0.0), time.time() - said.get("began", time.time()))

    def failure(self) -> str | None:
        """Return why the last compilation of this image came to nothing, in a line; None if it did not."""
        try:
            with _lock_of(self._path).open() as file:
                said: str | None = _read(file).get("failed")
                return said
        except OSError:
            return None


@contextmanager
def work(path: Path) -> Iterator["Report"]:
    """Be the process that makes the image `path` during this block. Raises BlockingIOError if another one is."""
    with _lock_of(path).open("a+") as file:
        for _ in range(TRIES):
            if _lock(file, fcntl.LOCK_EX):
                break
            time.sleep(BETWEEN)
        else:
            raise BlockingIOError(f"{path}: another process compiles")
        yield Report(file)


class Report:
    """What the process that compiles says of itself, in the file that it has locked."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._began = time.time()
        self._said = 0.0
        self._write(done=0.0)

    def done(self, share: float) -> None:
        """Say that so much is done, 0 to 1; small steps are not worth saying."""
        if share - self._said > 0.01:
            self._said = share
            self._write(done=share)

    def failed(self, why: str) -> None:
        """Say that it came to nothing."""
        self._write(failed=why)

    def _write(self, **more: Any) -> None:
        text = json.dumps({"pid": os.getpid(), "began": self._began, **more})
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".compiling")


def _lock(file: IO[str], kind: int) -> bool:
    """Lock `file` if nobody else has; return whether."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(file.read())
        return said
    except ValueError:  # it is being written
        return {}
