"""Files that hold programs: what is none is refused before it is read, by its kind, its first bytes, its size."""

from __future__ import annotations

import errno
import os
import stat

from isa.errors import ProgramError

ELF_MAGIC = b"\x7fELF"
SOURCES = (".s", ".S")
MOST_BYTES = 256 << 20


def read_file(path: str) -> bytes:
    """The bytes of the ELF file or source at `path`.

    Raises `ProgramError` for what cannot be read (`read_bytes`), and for what is neither.
    """
    try:
        if not path.endswith(SOURCES) and read_bytes(path, len(ELF_MAGIC), cut=True) != ELF_MAGIC:
            raise ProgramError(f"{path}: neither an ELF executable nor a source named .s or .S")
        return read_bytes(path, MOST_BYTES)
    except OSError as error:
        raise ProgramError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_bytes(path: str | os.PathLike[str], most: int, cut: bool = False) -> bytes:
    """The bytes of a file of at most `most`; with `cut` the first ones of any file.

    Raises `OSError` where it cannot be read, is larger, or is a pipe or a device, which might never end.
    """
    _check_path(path)
    if not stat.S_ISREG(os.stat(path).st_mode) and not os.path.isdir(path):
        raise OSError(errno.EINVAL, "it is a pipe or a device, no file", path)
    with open(path, "rb") as file:
        content = file.read(most + (not cut))
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it holds more than {most >> 20} MiB", path)
    return content


def _check_path(path: str | os.PathLike[str]) -> None:
    """Raise `OSError` for what the host would refuse with an error of another kind."""
    try:
        if b"\0" in os.fsencode(path):
            raise OSError(errno.EINVAL, "embedded null byte", path)
    except UnicodeEncodeError:
        raise OSError(errno.EINVAL, "its name stands for no bytes", path) from None
