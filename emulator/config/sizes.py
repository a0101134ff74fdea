"""Sizes as people write them: `4096`, `32KiB`, `64 MiB`, `1GiB`."""

import re

from emulator.base.errors import ConfigError, shown
from emulator.config.numbers import as_whole

UNITS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
MOST_BYTES = 1 << 60
RIGHT = "a size is a whole number above 0 of bytes, KiB, MiB or GiB, such as 4096, 32KiB or 1GiB"

_SIZE = re.compile(r"(\d+)\s*([A-Za-z]*)", re.ASCII)


def parse_size(size: str | int, key: str = "size") -> int:
    """Return `size` in bytes; raises `ConfigError` naming `key` unless it is a whole number above 0 of a known unit."""
    if not isinstance(size, str):
        try:
            return as_whole(size, key, 1, MOST_BYTES)
        except ConfigError:
            raise ConfigError(f"{key}: '{shown(size)}' is no size; {RIGHT}") from None
    found = _SIZE.fullmatch(size.strip())
    if found is None:
        raise ConfigError(f"{key}: '{shown(size)}' is no size; {RIGHT}")
    number, unit = found.groups()
    scale = {name.lower(): bytes_ for name, bytes_ in UNITS.items()}.get(unit.lower())
    if scale is None:
        raise ConfigError(f"{key}: '{shown(size)}' has the unknown unit '{shown(unit)}'; {RIGHT}")
    if len(number) > 18 or int(number) == 0:
        raise ConfigError(f"{key}: '{shown(size)}' is no size of a machine; {RIGHT}")
    return int(number) * scale


def size_text(size: int) -> str:
    """Return `size` bytes in the largest unit that it is a whole number of: `262144` is `256KiB`."""
    for unit in ("GiB", "MiB", "KiB"):
        if size and size % UNITS[unit] == 0:
            return f"{size // UNITS[unit]}{unit}"
    return str(size)
