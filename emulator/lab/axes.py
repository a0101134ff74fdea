"""The values that an experiment is varied over, as people write them: `1,2,4`, `1-35`, `asid,full`."""

from collections.abc import Iterable

from emulator.base.errors import ConfigError, nearest, shown


def words(text: str, key: str, such_as: str) -> list[str]:
    """Return the words of a list, each once, in order. Raises ConfigError naming `key` for an empty one."""
    if not isinstance(text, str):
        raise ConfigError(f"{key}: '{shown(text)}' is no text; {such_as} is right")
    found = [word.strip() for word in text.split(",")]
    if not all(found):
        raise ConfigError(f"{key}: '{text}' {'has an empty place' if any(found) else 'is empty'}; {such_as} is right")
    return list(dict.fromkeys(found))


def numbers(text: str, key: str, least: int, most: int) -> tuple[int, ...]:
    """Return the numbers of a list of numbers and ranges, each once, ascending. Raises ConfigError naming `key`."""
    right = f"numbers from {least} to {most} and ranges, such as 1,2,4 or 1-35, are right"
    found: set[int] = set()
    for word in words(text, key, "a list such as 1,2,4 or 1-35"):
        first, dash, last = word.partition("-") if not word.startswith("-") else (word, "", "")
        ends = [_number(part.strip(), key, least, most, right) for part in ([first, last] if dash else [first])]
        if ends[0] > ends[-1]:
            raise ConfigError(f"{key}: the range {word} is empty; {ends[-1]}-{ends[0]} is right")
        found.update(range(ends[0], ends[-1] + 1))
    return tuple(sorted(found))


def choices(text: str, key: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a list of `known` words. Raises ConfigError naming `key` and the nearest word."""
    known = list(known)
    found = words(text, key, f"a list such as {','.join(known)}")
    for word in found:
        if word not in known:
            raise ConfigError(f"{key}: '{word}' is unknown{nearest(word, known)} ({', '.join(known)} are right)")
    return tuple(found)


def _number(word: str, key: str, least: int, most: int, right: str) -> int:
    digits = word.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise ConfigError(f"{key}: '{word}' is no whole number; {right}")
    number = int(word) if len(digits) < 10 else most + 1
    if not least <= number <= most:
        raise ConfigError(f"{key}: {word} is out of range; {right}")
    return number
