"""The process that compiles: `python -m emulator.compiler IMAGE MODULE...`.

It gives way to everything else on the host, and ends at once if another process is at the same work, or has done it.
"""

import os
import signal
import sys
from pathlib import Path

from emulator.native import cache, image, service

NICE = 19  # of 19: on the host's spare time


def main(path: Path, modules: list[str]) -> None:
    """Make the image `path`; say beside it how far it is, and why it came to nothing if it did."""
    os.nice(NICE)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once, in the middle of LLVM too: an image is whole or not there
    with service.work(path) as report:
        if path.exists():
            return
        try:
            from emulator.compiler.build import build

            image.write(path, build(modules, report.done))
        except Exception as error:
            report.failed(f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}")
            raise
    cache.forget_old(path.parent)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2:])
    except BlockingIOError:
        pass  # another process is at it
