"""What invalidating a range of pages costs: at once, and later, when what was dropped is used again.

A case is one system call on a range of pages under one flush strategy. The program (`programs/lab/flush.s`) has used
the range and a *working set* of other pages; it makes the call, then reads again the working set and, after mprotect,
the range itself (after munmap it is gone). Each run is marked around the call, so every cycle has one cause:

    call     from the system call's instruction to its return
      flush    of that, invalidating TLB entries (`flush.local`)
      rest     of that, all else: trap, page-table entries, frames
    reuse    reading everything again
      slower   by how much more than in a run in which getpid stands in the call's place
      misses   TLB misses on entries that the invalidation had dropped (`flush.induced_misses`)
      walks    and the cycles of their walks (`flush.induced_cycles`)

`slower` is the whole consequence: the walks, less the second-level hits that some of them replace, and what the walks'
own reads do to the caches.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.base.bits import PAGE_BYTES
from emulator.base.call_names import CALL_NUMBERS
from emulator.base.errors import ConfigError
from emulator.config import Flush, Profile, load_profile, parse_flush
from emulator.config.numbers import as_whole
from emulator.lab.axes import choices, numbers, words
from emulator.lab.experiment import Experiment, cuts_of, mark_of, marked_at
from emulator.lab.rows import Rows
from emulator.result import Spent


@dataclass(frozen=True)
class Operation:
    """A system call that invalidates: its number, and whether the range may be read afterwards."""

    call: int
    range_stays: bool


OPERATIONS = {
    "mprotect": Operation(CALL_NUMBERS["mprotect"], True),
    "munmap": Operation(CALL_NUMBERS["munmap"], False),
}
NOTHING = CALL_NUMBERS["getpid"]  # traps as the others do, changes nothing
STRATEGIES = "ceiling:33,ceiling:512,asid,full"
PAGES = "1,2,4,8,16,32,33,34,64,128,256,512"
WORKING_SET = 256
MOST_PAGES = 16384
PAGE_BY_PAGE = f"ceiling:{MOST_PAGES}"
SPARE = 8 << 20  # bytes of memory beside twice what the program maps: its page tables, and the machine's own

BEFORE, AFTER, REUSED = 1, 2, 3  # marks


@dataclass(frozen=True)
class Case:
    """One system call on `pages` pages under one strategy, with `working_set` other pages in use."""

    operation: str
    strategy: str
    pages: int
    working_set: int


@dataclass(frozen=True)
class Row:
    """What was measured of one case, in cycles and misses."""

    case: Case
    flush: int
    rest: int
    dropped: int  # TLB entries that the call dropped
    reuse: int
    slower: int
    misses: int
    walks: int

    @property
    def call(self) -> int:
        """Cycles of the whole call."""
        return self.flush + self.rest

    @property
    def total(self) -> int:
        """What invalidating cost in all: at once and later."""
        return self.flush + self.slower

    def _repr_html_(self) -> str:
        return Rows([self])._repr_html_()


@dataclass(frozen=True)
class Crossover:
    """Up to how many pages invalidating one by one costs no more than `against`; 0 when it always costs more."""

    operation: str
    against: str
    reused: bool  # whether what comes later is counted, too
    pages: int


@dataclass(frozen=True)
class Sweep:
    """The experiment: every operation under every strategy on every number of pages."""

    operations: tuple[str, ...]
    strategies: tuple[Flush, ...]
    pages: tuple[int, ...]
    working_set: int

    @classmethod
    def read(
        cls,
        operations: str = ",".join(OPERATIONS),
        strategies: str = STRATEGIES,
        pages: str = PAGES,
        working_set: int = WORKING_SET,
    ) -> "Sweep":
        """Return the sweep of these lists (`1,2,4`). Raises ConfigError naming the list and what is right."""
        working_set = as_whole(working_set, "working-set", 0, MOST_PAGES)
        policies = tuple(map(parse_flush, words(strategies, "strategy", f"a list such as {STRATEGIES}")))
        return cls(
            choices(operations, "operation", OPERATIONS),
            policies,
            numbers(pages, "pages", 1, MOST_PAGES),
            working_set,
        )

    def cases(self) -> Iterator[Case]:
        """Return every case, pages varying fastest."""
        for operation in self.operations:
            for strategy in self.strategies:
                for pages in self.pages:
                    yield Case(operation, str(strategy), pages, self.working_set)


class FlushLab:
    """Measures cases on machines of one `profile`; what two cases share is run once.

    `machine` are further arguments of `Machine`. Raises ConfigError for those that make none.
    """

    def __init__(self, profile: str | Profile = "skylake", **machine: Any) -> None:
        if "flush" in machine or "flush" in (machine.get("overrides") or {}):
            raise ConfigError("flush: is what this experiment varies; --strategy chooses among its values")
        profile = profile if isinstance(profile, Profile) else load_profile(profile)
        self._machine = {"profile": profile, **machine}
        self._undisturbed = cache(self._undisturbed_reuse)
        self._cuts = cache(self._cuts_of)
        self.measure = cache(self._measure)

    def rows(self, cases: Iterable[Case]) -> Rows[Row]:
        """Measure the cases, in order."""
        return Rows(self.measure(case) for case in cases)

    def experiment(self, case: Case, call: int | None = None) -> Experiment:
        """Return the run that measures `case`, with another system `call` in the place of its own if one is given."""
        operation = OPERATIONS[case.operation]
        again = case.pages if operation.range_stays else 0
        arguments = (call or operation.call, case.pages, case.working_set, again)
        memory = 2 * (case.pages + case.working_set) * PAGE_BYTES + SPARE
        machine = {"memory": memory, **self._machine, "flush": case.strategy}
        return Experiment("flush", tuple(map(str, arguments)), machine)

    def pieces(self, case: Case, call: int | None = None) -> tuple[Spent, Spent]:
        """Return what was spent on a case's call, or on another `call` in its place, and on the reuse after it."""
        marks = marked_at(self.experiment(case, call), self._cuts(case.operation, case.pages, case.working_set))
        before, after, reused = (mark_of(marks, number, "flush") for number in (BEFORE, AFTER, REUSED))
        return before.until(after), after.until(reused)

    def crossovers(self, operations: Iterable[str], strategies: Iterable[Flush], working_set: int) -> list[Crossover]:
        """Return where invalidating page by page stops being cheaper than each whole-space strategy."""
        whole = [str(strategy) for strategy in strategies if strategy.reach != "ceiling"]
        return [
            Crossover(operation, against, reused, self._crossover(operation, against, reused, working_set))
            for operation in operations
            for against in whole
            for reused in (False, True)
        ]

    def _crossover(self, operation: str, against: str, reused: bool, working_set: int) -> int:
        """Return the greatest number of pages for which page by page costs no more than `against`, by bisection."""

        def cheaper(pages: int) -> bool:
            single = self.measure(Case(operation, PAGE_BY_PAGE, pages, working_set))
            other = self.measure(Case(operation, against, pages, working_set))
            return single.total <= other.total if reused else single.flush <= other.flush

        low, high = 0, 1
        while high < MOST_PAGES and cheaper(high):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            if cheaper(middle):
                low = middle
            else:
                high = middle
        return low

    def _measure(self, case: Case) -> Row:
        call, reuse = self.pieces(case)
        flush = call.costs["flush.local"]
        return Row(
            case=case,
            flush=flush,
            rest=call.cycles - flush,
            dropped=call.counters["flush.dropped"],
            reuse=reuse.cycles,
            slower=reuse.cycles - self._undisturbed(case.operation, case.pages, case.working_set),
            misses=reuse.counters["flush.induced_misses"],
            walks=reuse.counters["flush.induced_cycles"],
        )

    def _undisturbed_reuse(self, operation: str, pages: int, working_set: int) -> int:
        """Return the cycles that the reuse of such a case takes when nothing was invalidated."""
        case = Case(operation, PAGE_BY_PAGE, pages, working_set)
        _, reuse = self.pieces(case, NOTHING)
        return reuse.cycles

    def _cuts_of(self, operation: str, pages: int, working_set: int) -> tuple[int, ...]:
        return cuts_of(self.experiment(Case(operation, PAGE_BY_PAGE, pages, working_set)))
