"""Arguments and environments of programs, as the host gives them: text, or bytes that need not be any."""

import os
from collections.abc import Sequence

from emulator.base.errors import ConfigError, shown
from emulator.kernel.programs.stack import ARGUMENT_BYTES
from emulator.kernel.service.usercopy import POINTER_BYTES, STRING_BYTES

Arguments = Sequence[str | bytes | os.PathLike[str]]


def as_arguments(argv: Arguments, envp: Arguments) -> tuple[list[bytes], list[bytes]]:
    """Return both as a program finds them, bytes that were no text (`surrogateescape`) as they were.

    Raises ConfigError for what is no sequence of words, for a word with a zero byte, which ends it, and for more than
    execve takes: 32 pages a word, a quarter of the stack in all.
    """
    found = _words(argv, "argv"), _words(envp, "envp")
    size = sum(len(word) + 1 + POINTER_BYTES for words in found for word in words)
    if size > ARGUMENT_BYTES:
        raise ConfigError(
            f"argv and envp: take {size:,} bytes; {ARGUMENT_BYTES:,}, a quarter of the stack, are the most"
        )
    return found


def _words(words: Arguments, key: str) -> list[bytes]:
    if isinstance(words, str | bytes) or not isinstance(words, Sequence):
        raise ConfigError(f"{key}: '{shown(words)}' is no sequence of words; ['one', 'two'] is right")
    return [_bytes_of(word, f"{key}[{place}]") for place, word in enumerate(words)]


def _bytes_of(word: object, key: str) -> bytes:
    if not isinstance(word, str | bytes | os.PathLike):
        raise ConfigError(f"{key}: '{shown(word)}' is no word; text, bytes or a path is right")
    try:
        encoded = os.fsencode(word)
    except UnicodeEncodeError:
        raise ConfigError(f"{key}: '{shown(ascii(word))}' stands for no bytes") from None
    if b"\0" in encoded:
        raise ConfigError(f"{key}: '{shown(word)}' holds a zero byte, which ends a word")
    if len(encoded) >= STRING_BYTES:
        raise ConfigError(f"{key}: is {len(encoded):,} bytes long; {STRING_BYTES - 1:,} are the most")
    return encoded
