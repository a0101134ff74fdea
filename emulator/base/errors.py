"""What can go wrong outside the simulated machine.

    EmulatorError                 anything a user can mend; the command line prints it in one line, exit 2
      ConfigError                 a profile, option or size that makes no machine
      ProgramError                a program that cannot be loaded as asked (too large, unknown path)
      ExpectationError            a `#?` line that cannot be read, or names what does not exist

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


class ExpectationError(EmulatorError):
    """A `#?` line that cannot be read, or that names an unknown counter or mode."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `"; did you mean 'x'?"` for the known word nearest to `word`, or `""` when none is near."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{found[0]}'?" if found else ""
