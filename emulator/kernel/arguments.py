"""Arguments and environments of programs, as the host gives them: text, or bytes that need not be any."""

import os
from collections.abc import Sequence

from emulator.base.errors import ConfigError, shown

Arguments = Sequence[str | bytes | os.PathLike[str]]


def as_arguments(words: Arguments, key: str) -> list[bytes]:
    """Return `words` as a program finds them, bytes that were no text (`surrogateescape`) as they were.

    Raises ConfigError naming `key` for what is no sequence of words, and for a word with a zero byte, which ends it.
    """
    if isinstance(words, str | bytes) or not isinstance(words, Sequence):
        raise ConfigError(f"{key}: '{shown(words)}' is no sequence of words; ['one', 'two'] is right")
    return [_bytes_of(word, f"{key}[{place}]") for place, word in enumerate(words)]


def _bytes_of(word: object, key: str) -> bytes:
    if not isinstance(word, str | bytes | os.PathLike):
        raise ConfigError(f"{key}: '{shown(word)}' is no word; text, bytes or a path is right")
    try:
        encoded = os.fsencode(word)
    except UnicodeEncodeError:
        raise ConfigError(f"{key}: '{word!a}' stands for no bytes") from None
    if b"\0" in encoded:
        raise ConfigError(f"{key}: '{shown(word)}' holds a zero byte, which ends a word")
    return encoded
