"""Error bars: how far an emulated figure moves on machines that might as well have been assumed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from emulator.lab.invalidation.case import Task
from emulator.lab.invalidation.disturbed import disturbed
from emulator.lab.store import Key, Row
from emulator.lab.validation.figure import Figure
from emulator.lab.validation.verdict import Verdict


def like_tasks(tasks: Iterable[Task], count: int) -> list[Task]:
    """Return each task on `count` machines that are like its own."""
    return [disturbed(task, number) for task in tasks for number in range(1, count + 1)]


def spread(verdict: Verdict, rows: Mapping[Key, Row], count: int) -> Verdict:
    """Return `verdict` with the least and the most that its figure comes out as, its own machine among the others."""
    if verdict.emulated is None or not count:
        return verdict
    values = [verdict.emulated, *(_on(verdict.figure, rows, number) for number in range(1, count + 1))]
    return replace(verdict, spread=(min(values), max(values)))


def _on(figure: Figure, rows: Mapping[Key, Row], number: int) -> float:
    return figure.value({name: rows[disturbed(task, number).key] for name, task in figure.tasks().items()})
