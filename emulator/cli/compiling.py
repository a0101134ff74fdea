"""Compiled code as commands meet it: what is said of it, and the bar where it is waited for."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from emulator.cli.output import note
from emulator.cli.status import INTERRUPTED
from emulator.native import cache, engine, image
from emulator.native.service import Progress

STEP = 0.25  # of the work, between two lines where standard error is no terminal


def prepare(asked: str | None) -> None:
    """Let what the engine says appear as this command's; wait here, with a bar, if compiled code was `asked` for."""
    engine.told = note
    if engine.choice(asked) == engine.COMPILED:
        await_compiled(asked)


def await_compiled(asked: str | None = None) -> None:
    """Wait until there is compiled code, unless plain Python was chosen; after an interrupt it goes on being made."""
    if engine.choice(asked) == engine.PLAIN or engine.ready():
        return
    with _shown() as watch:
        try:
            engine.wait(watch=watch)
        except KeyboardInterrupt:
            note("interrupted; compiling goes on in the background")
            raise typer.Exit(INTERRUPTED) from None


def compile_now() -> str:
    """Compile, waiting for it; return what to say of it. An interrupt ends what was begun here, and nothing is lost."""
    began = time.monotonic()
    if engine.ready():
        done = "compiled already"
    else:
        with _shown() as watch:
            try:
                engine.wait(watch=watch, stop=True)
            except KeyboardInterrupt:
                note("interrupted; commands answer in plain Python until there is compiled code")
                raise typer.Exit(INTERRUPTED) from None
        done = f"compiled in {time.monotonic() - began:.0f} s"
    path = cache.find(cache.file_name(cache.MODULES, image.host()))
    return f"{done}: {path}\n"


@contextmanager
def _shown() -> Iterator[Callable[[Progress], None]]:
    """Say that something compiles, and how far it is: a bar on a terminal, else a line now and then."""
    title = "compiling the emulator for this machine, once"
    if not sys.stderr.isatty():
        note(f"{title}: {engine.in_words(engine.estimate())}")
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(title, total=1.0)
        yield lambda progress: bars.update(bar, completed=progress.done)


class _Lines:
    """Says each quarter of the work, once."""

    def __init__(self) -> None:
        self._next = STEP

    def __call__(self, progress: Progress) -> None:
        if progress.left is not None and self._next <= progress.done < 1:
            note(f"{progress.done:.0%} compiled, {engine.in_words(progress.left)} left")
            self._next = progress.done + STEP
