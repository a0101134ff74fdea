"""Kinds of values that a setting may have: how each is read from text, checked, and told.

`name` is that of the setting, for messages. `read` takes text, as command lines and `--set` have it; `take` a value of
the kind's own type, from Python: no number is read from a text there. Both raise ConfigError with the setting, the
value and what would be right.
"""

from dataclasses import dataclass

from emulator.base.errors import ConfigError, nearest, shown
from emulator.config.numbers import as_truth, as_whole, read_whole
from emulator.config.sizes import parse_size, size_text

PAGE_BYTES = 4096
NONE = "none"  # what `Words` has for no word


class Kind:
    """Any text; and what other kinds are told apart by."""

    known: tuple[tuple[str, str], ...] = ()  # words and what they mean

    @property
    def right(self) -> str:
        """What a value has to be, in words, "" where that needs no saying."""
        return ", ".join(word for word, _ in self.known)

    def argument(self, text: str) -> object:
        """Return what `text` says as Python writes it."""
        return text

    def read(self, name: str, text: str) -> object:
        """Return what `text` says."""
        return self.take(name, text)

    def take(self, name: str, value: object) -> object:
        """Return `value`, checked."""
        if not isinstance(value, str):
            right = f"{self.right} are right" if self.right else "a text is right"
            raise ConfigError(f"{name}: '{shown(value)}' is no text; {right}")
        return value


class Word(Kind):
    """One of several words."""

    def __init__(self, *known: tuple[str, str]) -> None:
        self.known = known

    def take(self, name: str, value: object) -> str:
        """Return `value`, which has to be one of the words."""
        word = str(super().take(name, value))
        words = [known for known, _ in self.known]
        if word not in words:
            raise ConfigError(f"{name}: '{shown(word)}' is unknown{nearest(word, words)} ({self.right} are right)")
        return word


class Words(Word):
    """Some of several words, joined by `+`, or `none`."""

    def take(self, name: str, value: object) -> str:
        """Return `value` with each of its words, all of which have to be known, once and in the order of `known`."""
        chosen = {super(Words, self).take(name, word) for word in str(Kind.take(self, name, value)).split("+")}
        if NONE in chosen and len(chosen) > 1:
            raise ConfigError(f"{name}: '{shown(value)}': none stands beside others; none alone, or others, is right")
        return "+".join(word for word, _ in self.known if word in chosen)


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number from `least` to `most`."""

    least: int
    most: int

    @property
    def right(self) -> str:
        """The bounds, in words."""
        return f"{self.least} to {self.most}"

    def argument(self, text: str) -> int | str:
        """Return the number."""
        return int(text)

    def read(self, name: str, text: str) -> int | str:
        """Return the number that `text` writes."""
        return read_whole(text, name, self.least, self.most)

    def take(self, name: str, value: object) -> int | str:
        """Return `value` as an int."""
        return as_whole(value, name, self.least, self.most)


class Switch(Whole):
    """Off or on: 0 or 1 in text, False or True in Python; or a word for more than on."""

    def __init__(self, more: str) -> None:
        super().__init__(0, 1)
        self.more = more

    @property
    def right(self) -> str:
        """What a value has to be."""
        return f"0, 1 or {self.more}"

    def argument(self, text: str) -> bool | str:
        """Return the truth value, or the word."""
        return text if text == self.more else text != "0"

    def read(self, name: str, text: str) -> int | str:
        """Return the number that `text` writes, or the word that it is."""
        if text == self.more:
            return text
        try:
            return super().read(name, text)
        except ConfigError:
            raise ConfigError(f"{name}: '{shown(text)}' is neither on nor off; {self.right} is right") from None

    def take(self, name: str, value: object) -> int | str:
        """Return `value`, a truth value, as a number, or the word that it is."""
        if isinstance(value, str):
            if value != self.more:
                raise ConfigError(f"{name}: '{shown(value)}' is no truth value; True, False or '{self.more}' is right")
            return value
        return int(as_truth(value, name))


@dataclass(frozen=True)
class Pages(Kind):
    """A size in whole pages, from `least` to `most` bytes, in bytes or as people write sizes."""

    least: int
    most: int

    def take(self, name: str, value: object) -> int:
        """Return `value` in bytes."""
        size = parse_size(value, name)  # type: ignore[arg-type]
        if not self.least <= size <= self.most:
            right = f"{size_text(self.least)} to {size_text(self.most)} is right"
            raise ConfigError(f"{name}: {shown(value)} is out of range; {right}")
        if size % PAGE_BYTES:
            raise ConfigError(f"{name}: {value} is not a multiple of the {PAGE_BYTES}-byte page")
        return size


class Room(Pages):
    """The same, or `none`, which is 0: there need be no such thing."""

    def take(self, name: str, value: object) -> int:
        """Return `value` in bytes."""
        return 0 if value in (NONE, 0) and not isinstance(value, bool) else super().take(name, value)
