"""The process that compiles: `python -m emulator.compiler DIRECTORY NAME MODULE...`.

It gives way to everything else on the host, and ends at once if another process is at the same work, or has done it.
"""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from emulator.native import cache, image, service

NICE = 19  # of 19: on the host's spare time


def main(directory: Path, name: str, modules: list[str]) -> None:
    """Make the image `name`; say in the directory how far it is, and why it came to nothing if it did."""
    os.nice(NICE)
    signal.signal(signal.SIGTERM, _end)
    with service.work(directory) as report:
        if (directory / name).exists():
            return
        for unfinished in directory.glob("*.unfinished"):  # of a process that was killed
            unfinished.unlink()
        try:
            from emulator.compiler.build import build

            image.write(directory / name, build(modules, report.done))
        except Exception as error:
            report.failed(f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}")
            raise
    cache.forget_old(directory)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
    except BlockingIOError:
        pass  # another process is at it
