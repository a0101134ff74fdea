"""Which rankings of strategies survive: what holds on a machine as assumed, and on all that are like it.

A ranking is of the strategies of one workload on so many pages and harts, by what all harts pay for a round: the five
parts of the cost together. Of two strategies one is *surely* cheaper if it is on every machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from rich.table import Table

from emulator.lab.invalidation.case import Task
from emulator.lab.invalidation.disturbed import disturbed
from emulator.lab.store import Key, Row

PAID = ("direct", "wait", "stolen", "deferred", "induced_cycles")


@dataclass(frozen=True)
class Ranking:
    """Strategies of one workload on `pages` and `harts`, the cheapest first; costs of each, machine by machine."""

    workload: str
    pages: int
    harts: int
    profile: str
    strategies: tuple[str, ...]
    costs: Mapping[str, Sequence[int]]

    def surely(self, one: str, other: str) -> bool:
        """Return whether `one` costs less than `other` on every machine, or as much on every one."""
        pairs = list(zip(self.costs[one], self.costs[other], strict=True))
        return all(less < more for less, more in pairs) or all(less == more for less, more in pairs)

    @property
    def surviving(self) -> tuple[int, int]:
        """How many pairs of strategies stand as they do on every machine, and of how many."""
        pairs = list(combinations(self.strategies, 2))
        return sum(self.surely(*pair) for pair in pairs), len(pairs)

    def __str__(self) -> str:
        """The strategies in order: `<` between those that never change places, `~` between those that do."""
        text = self.strategies[0]
        for one, other in pairwise(self.strategies):
            same = self.costs[one] == self.costs[other]
            text += f" {'=' if same else '<' if self.surely(one, other) else '~'} {other}"
        return text


def machines_of(tasks: Iterable[Task], count: int) -> list[list[Task]]:
    """Return for each task itself and it on `count` machines that are like its own."""
    return [[task, *(disturbed(task, number) for number in range(1, count + 1))] for task in tasks]


def rankings(measured: Iterable[Sequence[Task]], rows: Mapping[Key, Row]) -> list[Ranking]:
    """Return the rankings of the tasks, each of which comes with its like machines, from all their rows."""
    found: dict[tuple[str, int, int, str], dict[str, list[int]]] = {}
    for tasks in measured:
        case = tasks[0].case
        costs = found.setdefault((case.workload, case.pages, case.harts, case.profile), {})
        costs[case.strategy] = [sum(int(rows[task.key][part]) for part in PAID) for task in tasks]
    return [
        Ranking(*key, tuple(sorted(costs, key=lambda name, costs=costs: costs[name][0])), costs)  # type: ignore[misc]
        for key, costs in found.items()
    ]


def robust_table(found: Iterable[Ranking]) -> Table:
    """Return one line a ranking: what it is, and how many of its pairs survive."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title, justify in (("workload", "left"), ("pages", "right"), ("harts", "right"), ("profile", "left")):
        table.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("survive", justify="right", no_wrap=True)
    table.add_column("cheapest first: < on every machine, ~ not on all, = the same")
    for ranking in found:
        survive, pairs = ranking.surviving
        of = f"{survive} of {pairs}"
        table.add_row(ranking.workload, f"{ranking.pages:,}", str(ranking.harts), ranking.profile, of, str(ranking))
    return table
