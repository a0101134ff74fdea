"""An emulator with one format more: `python -m tests.paging.beside STATEMENTS` runs them in it.

What a second format takes is all that is done here: a module, and a row.
"""

import subprocess
import sys
from pathlib import Path

from emulator.paging.architecture import RISCV
from emulator.paging.modes import MODES, Mode
from tests.paging import reversed as reversed_format

ROOT = Path(__file__).parent.parent.parent


def said_beside(statements):
    """What `statements`, run in an emulator that has `--paging reversed`, print, line by line."""
    command = [sys.executable, "-m", "tests.paging.beside", statements]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


if __name__ == "__main__":
    MODES["reversed"] = Mode(reversed_format, 4, RISCV)
    exec(sys.argv[1])
