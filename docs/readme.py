"""Pages that show commands and what they print: `make docs` renews the output, a test holds it against real runs.

A block in ```console holds one command, `$ pagewalk ...`, and what it prints; a last line `...` says there is more.
A picture (.svg) that a command draws is kept beside the page. A block in ```asm is a file that commands may name: its
first line is a comment with the name. A block in ```pycon is a session that a test runs with doctest.
"""

import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from emulator.cli import invoke

TOP = Path(__file__).resolve().parents[1]
README = TOP / "README.md"
COURSE = tuple(sorted((TOP / "docs" / "course").glob("*.md")))
PAGES = (
    README,
    *(
        TOP / "docs" / f"{name}.md"
        for name in ("audit", "fork", "lab", "ledger", "reach", "translate", "why-fork-is-slow")
    ),
    *COURSE,
)
# Half a minute: `make bugs` renews them, a test looks at some rows.
SLOW_PAGES = (TOP / "docs" / "stale-entries.md", TOP / "docs" / "wrong-kernels.md")
PROMPT = "$ pagewalk "
MORE = "..."
STATS = "--stats"


class Block(NamedTuple):
    """A fenced block: its language, its text, and where the text stands in the page."""

    language: str
    text: str
    start: int
    end: int


def blocks(page: str, language: str) -> list[Block]:
    """Return the blocks of `page` in `language`, in order."""
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [Block(m[1], m[2], *m.span(2)) for m in found if m[1] == language]


def command_of(block: Block) -> str:
    """Return the command of a console block, without `pagewalk`."""
    first = block.text.split("\n", 1)[0]
    assert first.startswith(PROMPT), f"{first!r}: a console block begins with `{PROMPT}`"
    return first.removeprefix(PROMPT)


def printed(command: str) -> str:
    """Return what a command prints on standard output, and with --stats on standard error.

    The current directory is as `place` leaves it.
    """
    out, words = io.StringIO(), shlex.split(command)
    with redirect_stdout(out), redirect_stderr(out if STATS in words else io.StringIO()):
        invoke(words)
    return out.getvalue()


def renewed(block: Block) -> str:
    """Return the block's text as it has to be: the whole output, or as many lines of it as there were before `...`."""
    command = command_of(block)
    lines = printed(command).splitlines()
    before = block.text.splitlines()[1:]
    if before and before[-1] == MORE:
        lines = [*lines[: len(before) - 1], MORE]
    return "\n".join([PROMPT + command, *lines]) + "\n"


@contextmanager
def place(page: str) -> Iterator[None]:
    """Be in a folder with `programs/`, `tests/`, `docs/` and the files of `page`, where its commands run."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("programs", "tests", "docs"):
            os.symlink(TOP / name, Path(folder) / name)
        for block in blocks(page, "asm"):
            name = block.text.split("\n", 1)[0].lstrip("# ").split(":")[0]
            (Path(folder) / name).write_text(block.text, encoding="utf-8")
        with chdir(folder):
            yield


def pictures() -> list[Path]:
    """Return the pictures in the current directory, which commands have drawn."""
    return sorted(Path.cwd().glob("*.svg"))


def renew(pages: Iterable[Path] = PAGES) -> None:
    """Write pages with the output of their commands as it is now, and their pictures."""
    for path in pages:
        page = path.read_text(encoding="utf-8")
        with place(page):
            for block in reversed(blocks(page, "console")):
                page = page[: block.start] + renewed(block) + page[block.end :]
            for picture in pictures():
                (path.parent / picture.name).write_bytes(picture.read_bytes())
        path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    renew(SLOW_PAGES)
