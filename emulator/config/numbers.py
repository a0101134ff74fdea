"""Whole numbers, as people write them and as programs give them; and truth values, which are none."""

import operator
import re

import numpy as np

from emulator.base.errors import ConfigError, shown

LONGEST = 40  # more digits make no number that anything here takes

_WHOLE = re.compile(r"\s*[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)\s*", re.ASCII)


def read_whole(text: str, key: str, least: int, most: int) -> int:
    """Return the number that `text` writes: decimal, `0x`, `0o` or `0b`. Raises ConfigError naming `key`."""
    number = None
    if _WHOLE.fullmatch(text):
        if len(text) > LONGEST:
            raise _out_of_range(text, key, least, most)
        try:
            number = int(text, 0)
        except ValueError:  # 010, 1__0: not what anybody writes
            number = None
    if number is None:
        raise _no_number(text, key, least, most)
    return _within(number, key, least, most)


def as_whole(value: object, key: str, least: int, most: int) -> int:
    """Return `value`, an int or NumPy integer within bounds, as an int. Raises ConfigError naming `key` for all else.

    A truth value is no number here: where one is given for a number, something else was meant.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None:
        raise _no_number(value, key, least, most)
    return _within(number, key, least, most)


def as_truth(value: object, key: str) -> bool:
    """Return `value`, a truth value of Python or NumPy. Raises ConfigError naming `key` for all else, 0 and 1 too."""
    if not isinstance(value, bool | np.bool_):
        raise ConfigError(f"{key}: '{shown(value)}' is no truth value; True or False is right")
    return bool(value)


def _within(number: int, key: str, least: int, most: int) -> int:
    if not least <= number <= most:
        raise _out_of_range(number, key, least, most)
    return number


def _no_number(value: object, key: str, least: int, most: int) -> ConfigError:
    return ConfigError(f"{key}: '{shown(value)}' is no whole number; {_right(least, most)}")


def _out_of_range(value: object, key: str, least: int, most: int) -> ConfigError:
    return ConfigError(f"{key}: {shown(value)} is out of range; {_right(least, most)}")


def _right(least: int, most: int) -> str:
    return f"a whole number from {least} to {most} is right"
