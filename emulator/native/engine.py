"""Who works on a world: plain Python, compiled code, or the one until the other is there. The results are the same.

    plain      nothing is compiled and nothing is waited for
    compiled   compiled code only; where there is none yet, it is made first
    auto       compiled code if it is there; else plain Python, while a process in the background compiles, and compiled
               code from then on

What is asked for comes first, then NUMBA_DISABLE_JIT=1 (plain), then PAGEWALK_ENGINE, then auto.
"""

import ast
import logging
import os
import time
from collections.abc import Callable

from emulator.base.errors import ConfigError, EmulatorError, nearest, shown
from emulator.base.world import World
from emulator.native import cache, image
from emulator.native.cache import MODULES
from emulator.native.image import Broken, Image
from emulator.native.service import Compilation, Progress

PLAIN, COMPILED, AUTO = "plain", "compiled", "auto"
ENGINES = (AUTO, PLAIN, COMPILED)
GLANCE = 0.1  # s between two looks while waiting

# To compile takes so many times as long as to parse this text: 3,600 to 6,400 times, measured on one host (AMD EPYC, 2
# cores of a shared machine, idle); with one core for it, half as long again.
SAMPLE = "total = [a + b * (c - d) for a, b in zip(e, f) if g(a) and not h[b]]\n" * 200
PARSES = 4_500

Watcher = Callable[[Progress], None]

told: Callable[[str], None] = logging.getLogger("pagewalk").warning
_said: list[str] = []


def choice(asked: str | None) -> str:
    """Return the engine to use where `asked` was asked for, or nothing. Raises ConfigError for one there is not."""
    place, found = "engine", asked
    if found is None and os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return PLAIN
    if found is None:
        place, found = "PAGEWALK_ENGINE", os.environ.get("PAGEWALK_ENGINE") or AUTO
    if found not in ENGINES:
        near = nearest(found, ENGINES) if isinstance(found, str) else ""
        raise ConfigError(f"{place}: '{shown(found)}'; {', '.join(ENGINES)} is right{near}")
    return found


class Engine:
    """Gives `world` the image that works on it, now or later.

    Raises ConfigError for an engine that there is not, EmulatorError when compiled code is asked for and cannot be had.
    """

    def __init__(self, world: World, asked: str | None = None, modules: tuple[str, ...] = MODULES) -> None:
        self._world = world
        self._modules = modules
        self._compilation: Compilation | None = None
        engine = choice(asked)
        if engine != PLAIN:
            world.image = ready(modules)
            if world.image is None and engine == COMPILED:
                world.image = wait(modules)
            elif world.image is None:
                self._compilation = _in_background(modules)

    def look(self) -> None:
        """Change over to compiled code if it has become ready. Call it between two doors, at any time."""
        if self._compilation is not None:
            self._world.image = ready(self._modules)
            if self._world.image is not None:
                self._compilation.has_ended()  # it may have a moment to go, and then stays on the host's list
                self._compilation = None


def ready(modules: tuple[str, ...] = MODULES) -> Image | None:
    """Return compiled code with the doors of `modules` if it is there. What is no whole image is thrown away."""
    path = cache.find(cache.file_name(modules, image.host()))
    if path is None:
        return None
    try:
        return image.load(path)
    except Broken:
        cache.discard(path)
    except OSError:
        pass  # it has gone, or is not ours to read
    return None


def settle() -> None:
    """Wait for compiled code, unless plain Python was chosen: for work that plain Python would take too long for."""
    if choice(None) != PLAIN:
        wait()


def wait(modules: tuple[str, ...] = MODULES, watch: Watcher = lambda _: None, stop: bool = False) -> Image:
    """Return compiled code, made first where there is none; `watch` hears how far that is.

    On an interrupt compiling goes on in the background, unless it is to `stop`. Raises EmulatorError, why it cannot be
    made.
    """
    found = ready(modules)
    if found is not None:
        return found
    try:
        compilation = _compilation(modules)
    except OSError as error:
        raise EmulatorError(f"nothing can be compiled: {_why(error)}") from None
    try:
        return _awaited(compilation, modules, watch)
    except OSError as error:
        raise EmulatorError(f"nothing can be compiled: {_why(error)}") from None
    except KeyboardInterrupt:
        if stop:
            compilation.stop()
        raise


def _awaited(compilation: Compilation, modules: tuple[str, ...], watch: Watcher) -> Image:
    """Wait for whoever makes the image, or let it be made. Raises EmulatorError, or OSError."""
    started = False
    while True:
        going_on = compilation.progress()
        if going_on is None and compilation.has_ended():
            found = ready(modules)
            if found is not None:
                return found
            if started:
                why = compilation.failure() or "the process that did was ended"
                raise EmulatorError(f"nothing was compiled: {why}")
            compilation.start()
            started = True
        if going_on is not None:
            watch(going_on)
        time.sleep(GLANCE)


def _in_background(modules: tuple[str, ...]) -> Compilation | None:
    """Let compiled code be made, and say so; None where it cannot be."""
    try:
        compilation = _compilation(modules)
        going_on = compilation.progress()
        if going_on is None:
            failed = compilation.failure()
            if failed is not None:
                _tell(f"plain Python answers: {failed}; `pagewalk compile` tries again")
                return None
            compilation.start()
    except OSError as error:
        _tell(f"plain Python answers: nothing can be compiled: {_why(error)}")
        return None
    left = (going_on and going_on.left) or estimate()
    _tell(
        f"plain Python answers while the emulator is compiled in the background, {in_words(left)} "
        + ("from now" if going_on else "this once")
    )
    return compilation


def _compilation(modules: tuple[str, ...]) -> Compilation:
    """Return the compilation of `modules` in the first directory that takes it. Raises OSError."""
    return Compilation(cache.writable() / cache.file_name(modules, image.host()), modules)


def _tell(message: str) -> None:
    """Say `message`, if it is the first of this process: many machines start where one does."""
    if not _said:
        _said.append(message)
        told(message)


def _why(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}; PAGEWALK_CACHE names a directory to use"


def in_words(seconds: float) -> str:
    """Return so many seconds in words, no more exact than they are known."""
    return f"about {max(5 * round(seconds / 5), 5)} s"


def estimate() -> float:
    """Return the seconds that compiling will take on this host, by the time it takes to parse a text."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        ast.parse(SAMPLE)
        times.append(time.perf_counter() - began)
    return PARSES * min(times)
