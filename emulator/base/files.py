"""Files: small ones are read whole, and nothing larger; what cannot be written is named in one line."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from emulator.base.errors import EmulatorError, shown

MOST_BYTES = 16 << 20


def read_small(path: str | os.PathLike[str]) -> str:
    """Return the text of a UTF-8 file, without a byte order mark.

    Raises OSError, for a file of more than `MOST_BYTES` and for a path that can be none too, or UnicodeDecodeError.
    """
    try:
        if b"\0" in os.fsencode(path):
            raise OSError(errno.EINVAL, "no path holds a zero byte", path)
    except UnicodeEncodeError:
        raise OSError(errno.EINVAL, "its name stands for no bytes", path) from None
    with open(path, "rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return content.decode("utf-8").removeprefix("\ufeff")


@contextmanager
def told(path: str | os.PathLike[str], more: str = "") -> Iterator[None]:
    """Say in one line which file an OSError in this block, which writes it, is about: as an EmulatorError."""
    try:
        yield
    except OSError as error:
        raise EmulatorError(f"{shown(path)}: cannot be written: {error.strerror or error}{more}") from error
