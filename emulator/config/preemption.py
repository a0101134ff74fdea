"""Preemption by a host: how long it lets each hart run, and how long it then runs something else on its processor."""

from dataclasses import dataclass

from emulator.base.errors import ConfigError, shown
from emulator.config.kinds import Kind

NEVER = "never"
MOST_CYCLES = 10**12


@dataclass(frozen=True)
class Preemption:
    """Cycles that a host lets a hart run, and cycles for which it is away then; 0 and 0: it always runs."""

    text: str = NEVER
    runs: int = 0
    away: int = 0

    @property
    def period(self) -> int:
        """The cycles of both."""
        return self.runs + self.away

    def __str__(self) -> str:
        return self.text


class Preempting(Kind):
    """`never`, or two numbers of cycles, RUN:AWAY."""

    def take(self, name: str, value: object) -> Preemption:
        """Return what `value`, a text, says."""
        if isinstance(value, Preemption):
            return value
        text = str(super().take(name, value))
        if text == NEVER:
            return Preemption()
        words = text.split(":")
        if len(words) != 2 or not all(_is_right(word) for word in words):
            raise ConfigError(
                f"{name}: '{shown(text)}' is neither never nor RUN:AWAY, cycles from 1 to {MOST_CYCLES}; "
                "340000:340000 is right"
            )
        return Preemption(text, *map(int, words))


def _is_right(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 14 and 0 < int(word) <= MOST_CYCLES
