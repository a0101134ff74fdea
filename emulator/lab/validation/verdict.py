"""Judging emulated figures: an honest table says of each figure what its constants could not help but say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from emulator.config import Profile, load_profile
from emulator.lab.invalidation.case import Task
from emulator.lab.store import Key, Row
from emulator.lab.validation.constant import Constant
from emulator.lab.validation.figure import Figure

WITHIN = "within"
OUTSIDE = "outside"
CALIBRATION = "calibration"  # a constant was set to this figure's answer: no judgement
IMPOSSIBLE = "cannot be modelled"

profile_of = cache(load_profile)


@dataclass(frozen=True)
class Verdict:
    """A figure, what the emulator says of it (None where it cannot), the verdict, and the constants behind it."""

    figure: Figure
    emulated: float | None
    verdict: str
    constants: tuple[Constant, ...]


def tasks_of(figures: Iterable[Figure]) -> list[Task]:
    """Return every task that the figures need, each once."""
    tasks = {task.key: task for figure in figures for task in figure.tasks(_profile(figure)).values()}
    return list(tasks.values())


def judge(figures: Iterable[Figure], rows: Mapping[Key, Row]) -> list[Verdict]:
    """Return a verdict on each figure from the rows of its tasks."""
    return [_judged(figure, rows) for figure in figures]


def _judged(figure: Figure, rows: Mapping[Key, Row]) -> Verdict:
    constants = figure.constants(_profile(figure))
    if figure.emulated is None:
        return Verdict(figure, None, IMPOSSIBLE, constants)
    emulated = figure.emulated({name: rows[task.key] for name, task in figure.tasks(_profile(figure)).items()})
    return Verdict(figure, emulated, verdict_of(figure, emulated, constants), constants)


def verdict_of(figure: Figure, emulated: float, constants: Sequence[Constant]) -> str:
    """Return the verdict on a value: none of a constant on the figure that it was calibrated on."""
    if any(constant.calibrated_on == figure.name for constant in constants):
        return CALIBRATION
    return WITHIN if figure.least <= emulated <= figure.most else OUTSIDE


def _profile(figure: Figure) -> Profile:
    return profile_of(figure.profile)
