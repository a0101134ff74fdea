"""The pictures of pages in docs/pictures: `make pictures` draws them anew in Chromium (`python -m docs.pictures`).

A browser draws letters as its fonts are, so two machines make different bytes. Each picture therefore says, in the PNG
itself, what it shows: a hash of the program and of what is told at its event. A test holds that against the code.
"""

import hashlib
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from emulator import Machine
from emulator.page import Recorder, page
from emulator.page.html import run_of
from isa import Program

TOP = Path(__file__).resolve().parents[1]
HERE = TOP / "docs" / "pictures"
SHOWS = "shows"  # the key of the hash in a PNG
WIDTH, HEIGHT = 1280, 800
COLOURS = 128  # of a picture: flat colours and grey edges need no more
CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars")


class Picture(NamedTuple):
    """A picture of a program's page, at the first event of `kind` after `after` others of it."""

    program: str
    kind: str
    after: int = 0
    height: int = HEIGHT
    machine: Mapping[str, Any] = MappingProxyType({})

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return HERE / f"{self.program}.png"


PICTURES = (
    Picture("child_writes_first", "copy"),
    Picture("subshell", "copy", 1, 1060),
    Picture("shootdown", "syscall", 9, 1000, {"harts": 2, "flush": "ceiling:33+lazy"}),
    Picture("zero_page", "zero_map", 2),
)


class Shown(NamedTuple):
    """The page of a picture, the event that it is open at, and a hash of what is told there."""

    page: str
    event: int
    told: str


def shown(picture: Picture) -> Shown:
    """Run the program of a picture and return what it shows."""
    program = Program.load(TOP / "programs" / f"{picture.program}.s")
    machine, recorder = Machine(intervals=True, **picture.machine), Recorder()
    machine.spawn(program)
    result = recorder.run(machine)
    name = f"{picture.program}.s"
    run = run_of(result, recorder, name)
    step = [step for step in run["steps"] if step["kind"] == picture.kind][picture.after]
    told = [run["words"][number] for number in (*step["title"], *(text for row in step["rows"] for text in row))]
    lines = "\n".join([*told, *program.source_map.lines])
    return Shown(page(result, recorder, name), step["n"], hashlib.sha256(lines.encode()).hexdigest())


def kept(picture: Picture) -> str:
    """Return the hash of what the picture that is kept shows."""
    with Image.open(picture.path) as image:
        return str(image.info[SHOWS])


def main() -> None:
    """Draw all pictures."""
    from playwright.sync_api import sync_playwright

    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for picture in PICTURES:
            now = shown(picture)
            place = Path(folder) / "page.html"
            place.write_text(now.page, encoding="utf-8")
            window = browser.new_page(viewport={"width": WIDTH, "height": picture.height}, color_scheme="light")
            window.goto(f"file://{place}#event={now.event}")
            content = window.screenshot()
            window.close()
            _write(picture.path, content, now.told)
        browser.close()


def _write(path: Path, content: bytes, told: str) -> None:
    note = PngInfo()
    note.add_text(SHOWS, told)
    with Image.open(io.BytesIO(content)) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True, pnginfo=note)


if __name__ == "__main__":
    main()
