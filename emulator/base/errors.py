"""What can go wrong outside the simulated machine.

    EmulatorError                 anything a user can mend; the command line prints it in one line, exit 2
      ConfigError                 a profile, option or size that makes no machine
      ProgramError                a program that cannot be loaded as asked (too large, unknown path)
      TravelError                 a time that a run does not come to, or that its history does not reach
      ExpectationError            a `#?` line that cannot be read, or names what does not exist
      LogError                    a log of another kernel that is none, or is cut short, from one record on
      SheetError                  answers to a quiz that are none, or are to another one

A fault of the *simulated* program is never an exception: it is a `Fault`, and ends in a resolved trap or a signal.
"""

import difflib
from collections.abc import Iterable


class EmulatorError(Exception):
    """A mistake that the user can mend; `message` is one line saying what, where, and what would be right."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigError(EmulatorError):
    """A profile, option or size that describes no machine."""


class ProgramError(EmulatorError):
    """A program that cannot be loaded into this machine."""


class TravelError(EmulatorError):
    """A time that a run does not come to, or that is before its history begins."""


class ExpectationError(EmulatorError):
    """A `#?` line that cannot be read, or that names an unknown counter or mode."""


class LogError(EmulatorError):
    """A log of another kernel that cannot be read from record `number` on; 0 is its header."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(f"record {number}: {message}" if number else message)
        self.number = number


class SheetError(EmulatorError):
    """Answers that cannot be graded: their file is none, or they are to another quiz."""


class CheckerError(EmulatorError):
    """The stale-entry checker cannot answer for what it has found: a mistake in the emulator, or a run too large."""


LONGEST = 200  # characters of a value that a message shows


def shown(value: object) -> str:
    """Return `value` for a message: on one line, what does not print escaped, and of what is long both ends."""
    if isinstance(value, int) and value.bit_length() > 4 * LONGEST:  # Python refuses to write a number so long
        return f"a number of {value.bit_length()} bits"
    text = str(value)
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}...{text[-20:]}"
    return printable(text)


def printable(text: str) -> str:
    """Return `text` with escapes in the place of line ends and whatever else does not print; raw bytes stay."""
    return "".join(
        letter if letter.isprintable() or 0xDC80 <= ord(letter) <= 0xDCFF else ascii(letter)[1:-1] for letter in text
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `"; did you mean 'x'?"` for the known word nearest to `word`, or `""` when none is near."""
    if len(word) > LONGEST:
        return ""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{found[0]}'?" if found else ""
