"""The one jit decorator, and the directory its compiled code lives in.

Numba's disk cache looks at the file of the cached function only, so it goes stale when a *callee in another file*
changes. The directory is therefore named by a hash of every source of `isa` and `emulator`: a changed line anywhere
means an empty cache and no stale code, ever. The directory must be set before the first decorator runs.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import event

KEPT = 6  # directories of earlier sources that stay, so that switching between two checkouts compiles neither twice

# No reference counts: the arrays belong to Python, which holds them as long as compiled code runs; each pair of counts
# at a call is two locked instructions, and a miss makes a dozen calls (a tenth of its time).
OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}

F = TypeVar("F", bound=Callable[..., Any])


def source_hash() -> str:
    """Return 16 hex digits that change whenever a source file of `isa` or `emulator` does."""
    top = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in ("isa", "emulator"):
        for path in sorted((top / folder).rglob("*.py")):
            digest.update(str(path.relative_to(top)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_directory() -> Path:
    """Return the directory for compiled code, creating it; a temporary one where the user's cache cannot be written."""
    roots = [os.environ.get("PAGEWALK_CACHE"), os.environ.get("XDG_CACHE_HOME"), str(Path.home() / ".cache")]
    for root in [*filter(None, roots), tempfile.gettempdir()]:
        mode = "-boundscheck" if numba.config.BOUNDSCHECK else ""
        path = Path(root) / "pagewalk" / (source_hash() + mode)
        try:
            path.mkdir(parents=True, exist_ok=True)
            path.touch()
        except OSError:
            continue
        return path
    raise RuntimeError("no directory can be written, not even the temporary one")


def forget_old(directory: Path) -> None:
    """Delete the oldest sibling directories of `directory`, keeping `KEPT`."""
    siblings = sorted(directory.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in siblings[:-KEPT]:
        for path in sorted(old.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        old.rmdir()


def is_cold() -> bool:
    """Return whether the next run has to compile: no code for these sources lies on disk yet."""
    return not numba.config.DISABLE_JIT and not any(DIRECTORY.rglob("*.nbi"))


def on_compile(told: Callable[[str], None]) -> Callable[[], None]:
    """Call `told(function_name)` after each function that is compiled; return a function that ends this."""

    class Listener(event.Listener):  # type: ignore[misc]  # numba ships no types
        def on_start(self, happening: Any) -> None:
            pass

        def on_end(self, happening: Any) -> None:
            told(happening.data["dispatcher"].py_func.__name__)

    listener = Listener()
    event.register("numba:compile", listener)
    return lambda: event.unregister("numba:compile", listener)


def hot(function: F) -> F:
    """Compile `function`, which uses integers, loops, records and arrays only, for other compiled functions to call.

    It has no wrapper for Python, which would take a third of all compile time; called from Python it says so.
    """
    compiled = numba.njit(**OPTIONS, no_cpython_wrapper=True)(function)
    if not numba.config.DISABLE_JIT:
        compiled._insert = _keep_from_python
        compiled._compile_for_args = _refuse
    return compiled  # type: ignore[no-any-return]


def hot_entry(function: F) -> F:
    """Compile `function` as `hot` does, for Python to call too."""
    if numba.config.DISABLE_JIT:  # integers wrap around there too, and NumPy need not warn of it
        return np.errstate(over="ignore")(function)
    return numba.njit(**OPTIONS)(function)  # type: ignore[no-any-return]


def _keep_from_python(*_: Any, **__: Any) -> None:
    """Stand in for the step that lets Python find compiled code: without a wrapper it would crash."""


def _refuse(*_: Any, **__: Any) -> None:
    raise TypeError("this function has no wrapper for Python: make it a `hot_entry`, or call it from one")


DIRECTORY = cache_directory()
numba.config.CACHE_DIR = str(DIRECTORY)
try:
    forget_old(DIRECTORY)
except OSError:
    pass  # another process is tidying up the same directory; it will finish the work
