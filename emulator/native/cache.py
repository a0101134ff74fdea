"""Where compiled code lies: a directory named by a hash of its sources, in it a file for each kind of host.

A changed line in any of these means an empty directory and no stale code, ever.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

KEPT = 6  # directories of earlier sources that stay, so that switching between two checkouts compiles neither twice
ROOM = 4 << 20  # bytes that a directory must have left to be compiled into: an image takes a tenth
# Those with the doors of machines.
MODULES = (
    *("emulator.kernel.doors.drive", "emulator.kernel.doors.entries", "emulator.kernel.doors.files"),
    *("emulator.kernel.doors.address_spaces", "emulator.kernel.doors.huge_pages", "emulator.kernel.doors.reclaim"),
    *("emulator.kernel.doors.moving", "emulator.hardware.entries"),
)
# Where all that can be compiled stands, and what compiles it.
COMPILED = (
    *("isa", "emulator/base", "emulator/config", "emulator/compiler", "emulator/hardware", "emulator/native"),
    *("emulator/paging", "emulator/world"),
    *(f"emulator/kernel/{room}" for room in ("doors", "invalidation", "memory", "run", "steps")),
)


@cache
def source_hash() -> str:
    """Return 16 hex digits that change whenever a source file of `isa` or `emulator` does, or the compiler."""
    return _hash("isa", "emulator")


@cache
def code_hash() -> str:
    """Return 16 hex digits that change whenever what is compiled may, or the compiler."""
    return _hash(*COMPILED)


def _hash(*folders: str) -> str:
    """Return 16 hex digits of the sources in `folders` and of the compiler's release."""
    top = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in ("numba", "llvmlite"):
        spec = find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            digest.update((Path(place) / "_version.py").read_bytes())
    for folder in folders:
        for path in sorted(_sources(str(top / folder))):
            digest.update(path[len(str(top)) :].encode() + b"\0")
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()[:16]


def _sources(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _sources(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.path


def file_name(modules: tuple[str, ...], host: str) -> str:
    """Return the name of the image with the doors of `modules` for the processor that `host` describes."""
    digest = hashlib.sha256(host.encode())
    if modules != MODULES:
        for module in modules:
            spec = find_spec(module)
            digest.update(module.encode() + Path(str(spec and spec.origin)).read_bytes())
    checked = "-checked" if is_checked() else ""
    return f"{modules[-1].rpartition('.')[2]}-{digest.hexdigest()[:12]}{checked}.image"


def is_checked() -> bool:
    """Return whether compiled code is to check array indices."""
    return os.environ.get("NUMBA_BOUNDSCHECK", "0") not in ("", "0")


def directories() -> Iterator[Path]:
    """Yield where compiled code of these sources may lie: in the user's cache, or else in a temporary directory.

    The user's cache is that of PAGEWALK_CACHE, or XDG_CACHE_HOME, or `.cache` at home, the first that there is.
    A temporary directory of this name that is somebody else's is none: code is run from there.
    """
    root = os.environ.get("PAGEWALK_CACHE") or os.environ.get("XDG_CACHE_HOME") or _home_cache()
    if root:
        yield Path(root) / "pagewalk" / code_hash()
    try:
        temporary = Path(tempfile.gettempdir()) / f"pagewalk-{os.getuid()}"
    except FileNotFoundError:  # there is none that can be written to
        return
    if not temporary.exists() or _is_ours(temporary):
        yield temporary / code_hash()


def find(name: str) -> Path | None:
    """Return the file `name` of these sources, if there is one."""
    for directory in directories():
        path = directory / name
        if path.exists():
            return path
    return None


def writable() -> Path:
    """Return the first directory that can be compiled into, made if it is not there.

    Raises OSError, that of the first one, when no place can be written to or all are full.
    """
    first: OSError | None = None
    for directory in directories():
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _claim(directory / f"room-{os.getpid()}")
        except OSError as error:
            first = first or error
            continue
        return directory
    raise first or OSError("no directory for compiled code")


def _claim(path: Path) -> None:
    """See whether there is room. Raises OSError."""
    try:
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, ROOM)
    finally:
        path.unlink(missing_ok=True)


def discard(path: Path) -> None:
    """Delete the file `path`, if it is ours to delete."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass


def forget_old(directory: Path) -> None:
    """Delete the oldest sibling directories of `directory`, keeping `KEPT`."""
    try:
        siblings = sorted(directory.parent.iterdir(), key=lambda path: path.stat().st_mtime)
        for old in siblings[:-KEPT]:
            for path in sorted(old.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
            old.rmdir()
    except OSError:
        pass  # another process is tidying up the same directory; it will finish the work


def _home_cache() -> str | None:
    try:
        return str(Path.home() / ".cache")
    except RuntimeError:  # nobody knows where home is
        return None


def _is_ours(path: Path) -> bool:
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
