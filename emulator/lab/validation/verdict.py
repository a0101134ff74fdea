"""Judging emulated figures: an honest table says of each figure what its constants could not help but say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from emulator.lab.invalidation.case import Task
from emulator.lab.store import Key, Row
from emulator.lab.validation.constant import Constant
from emulator.lab.validation.figure import Figure
from emulator.lab.validation.kind import kind_of

WITHIN = "within"
OUTSIDE = "outside"
IMPOSSIBLE = "cannot be modelled"
UNPUBLISHED = "none published"


@dataclass(frozen=True)
class Verdict:
    """A figure, what the emulator says of it (None where it cannot), the verdict, its kind, and the constants.

    `kind` is "" where nothing is emulated. `spread` is the least and the most on machines that are like its own, where
    such were measured.
    """

    figure: Figure
    emulated: float | None
    verdict: str
    kind: str
    constants: tuple[Constant, ...]
    spread: tuple[float, float] | None = None


def tasks_of(figures: Iterable[Figure]) -> list[Task]:
    """Return every task that the figures need, each once."""
    tasks = {task.key: task for figure in figures for task in figure.tasks().values()}
    return list(tasks.values())


def judge(figures: Iterable[Figure], rows: Mapping[Key, Row]) -> list[Verdict]:
    """Return a verdict on each figure from the rows of its tasks."""
    return [_judged(figure, rows) for figure in figures]


def _judged(figure: Figure, rows: Mapping[Key, Row]) -> Verdict:
    constants = figure.constants()
    if figure.emulated is None:
        return Verdict(figure, None, UNPUBLISHED if figure.published is None else IMPOSSIBLE, "", constants)
    emulated = figure.value({name: rows[task.key] for name, task in figure.tasks().items()})
    kind = kind_of(figure.name, figure.published_by, emulated, figure.closed_form(), constants)
    return Verdict(figure, emulated, verdict_of(figure, emulated), kind, constants)


def verdict_of(figure: Figure, emulated: float) -> str:
    """Return whether a value lies between the limits of the figure; they themselves do."""
    return WITHIN if figure.limits[0] <= emulated <= figure.limits[1] else OUTSIDE
