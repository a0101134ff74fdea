"""Reading small files whole: a device that never ends, or a picture of a disk, is not read into memory."""

import errno
import os

MOST_BYTES = 16 << 20


def read_small(path: str | os.PathLike[str]) -> str:
    """Return the text of a UTF-8 file, without a byte order mark.

    Raises OSError, for a file of more than `MOST_BYTES` and for a path that can be none too, or UnicodeDecodeError.
    """
    if "\0" in os.fspath(path):
        raise OSError(errno.EINVAL, "no path holds a zero byte", path)
    with open(path, "rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return content.decode("utf-8").removeprefix("\ufeff")
