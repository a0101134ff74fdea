"""The file itself: a template, a style and a script, and the run as JSON between them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emulator.base.names import EVENTS
from emulator.config.settings import SETTINGS
from emulator.observe.report import headline
from emulator.observe.scene import Scene
from emulator.observe.sources import Sources
from emulator.page.lanes import lanes_of
from emulator.page.recorder import Recorder
from emulator.page.steps import PHASES, Book, Words, steps_of
from emulator.result import Result

HERE = Path(__file__).parent
TOLD = ("profile", "harts", "fork", "flush", "paging")  # settings that are told of every machine
# The script in the order in which it is put together: what is used first comes first.
SCRIPT = ("model", "drawing", "story", "source", "frames", "processes", "tlbs", "costs", "lanes", "strip", "moves")


def page(result: Result, recorder: Recorder, name: str) -> str:
    """Return the page of a run that `recorder` has run: a whole HTML file that needs nothing else."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("page.html").render(
        name=name,
        machine=", ".join(_machine(result)),
        headline=headline(result),
        style=(HERE / "style.css").read_text(encoding="utf-8"),
        script="\n".join((HERE / "script" / f"{part}.js").read_text(encoding="utf-8") for part in SCRIPT),
        run=_as_json(run_of(result, recorder, name)),
    )


def run_of(result: Result, recorder: Recorder, name: str) -> dict[str, Any]:
    """Return what the page of a run says, ready for JSON."""
    book = Book(Sources(), Words())
    shown = recorder.shown
    steps = list(steps_of(Scene.of(result), recorder.changes, book, shown))
    return {
        "name": name,
        "harts": len(result.per_hart),
        "phases": PHASES,
        "meanings": {row.name: row.meaning.replace("`", "") for row in EVENTS},
        "left_out": len(result.events) + result.events_left_out - shown,
        "steps": steps,
        "lanes": lanes_of(result, shown),
        "sources": book.sources.written(),
        "words": book.words.written(),
    }


def _machine(result: Result) -> Iterator[str]:
    """Yield what is said of the machine: the settings that each one is told by, and those that are not the default."""
    settings = result.settings
    yield from (f"{name} {settings[name]}" for name in TOLD if name in settings)
    for row in SETTINGS:
        if row.name not in TOLD and settings.get(row.name, row.default) != row.default:
            yield f"{row.name} {settings[row.name]}"


def _as_json(run: dict[str, Any]) -> str:
    """Return `run` as JSON that may stand in a script element: it holds no `<`."""
    return json.dumps(run, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
