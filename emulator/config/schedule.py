"""Schedules: in which order harts run, when it is not simulated time that decides.

time      harts advance together, none further than `skew` cycles ahead of the others
seed:N    turns of random length, of random harts: another interleaving for each N
FILE      steps, one a line: a hart's number and how many instructions it runs; after the last, time decides
"""

from typing import NamedTuple

from emulator.base.errors import ConfigError, shown
from emulator.base.files import read_small

MOST_STEPS = 1 << 16
MOST_SEED = 1 << 32


class Schedule(NamedTuple):
    """A schedule, read: a seed (0: none), or steps of (hart, instructions)."""

    seed: int = 0
    steps: tuple[tuple[int, int], ...] = ()


def read_schedule(text: str, harts: int) -> Schedule:
    """Return the schedule that `text` names for a machine of `harts`. Raises `ConfigError` naming file and line."""
    if text == "time":
        return Schedule()
    if text.startswith("seed:"):
        digits = text.removeprefix("seed:")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 12 and int(digits) < MOST_SEED):
            raise ConfigError(f"schedule: '{shown(text)}': seed:N with N from 0 to {MOST_SEED - 1} is right")
        return Schedule(seed=int(digits) + 1)
    try:
        lines = read_small(text).split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigError(
            f"schedule: '{shown(text)}' cannot be read: {reason}; time, seed:N or a file is right"
        ) from None
    steps = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if words:
            steps.append(_step(f"{text}:{number}", words, harts))
    if not steps:
        raise ConfigError(f"{text}: holds no step; lines of HART INSTRUCTIONS are right, such as 0 100")
    if len(steps) > MOST_STEPS:
        raise ConfigError(f"{text}: holds {len(steps)} steps; {MOST_STEPS} are the most")
    return Schedule(steps=tuple(steps))


def _step(place: str, words: list[str], harts: int) -> tuple[int, int]:
    if len(words) != 2 or not all(word.isascii() and word.isdigit() and len(word) < 10 for word in words):
        raise ConfigError(f"{place}: '{shown(' '.join(words))}' is no step; HART INSTRUCTIONS is right, such as 0 100")
    hart, length = map(int, words)
    if hart >= harts:
        raise ConfigError(f"{place}: hart {hart} does not exist; this machine has harts 0 to {harts - 1}")
    if length == 0:
        raise ConfigError(f"{place}: 0 instructions are no step; 1 or more are right")
    return hart, length
