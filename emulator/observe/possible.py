"""What a promise may speak of, and what it can hold for: one that never holds is a slip of whoever wrote it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from emulator.base.errors import ExpectationError, nearest, shown
from emulator.base.names import COSTS, COUNTERS

MOST = (1 << 63) - 1  # what a counter can hold
STATUSES = 255  # the greatest exit status

TEXT_SUBJECTS = ("stdout", "stderr")
ENDS = {
    "exit": "every process has ended",
    "limit": "the instruction limit came first",
    "blocked": "every thread that is left waits for ever",
}
NUMBER_SUBJECTS = ("exit_status", *(row.name for row in COUNTERS), *(row.name for row in COSTS))
SUBJECTS = (*NUMBER_SUBJECTS, *TEXT_SUBJECTS, "ended")


class Promise(Protocol):
    """A promise, read."""

    @property
    def text(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def operator(self) -> str: ...
    @property
    def value(self) -> int | str: ...
    @property
    def modes(self) -> Mapping[str, str]: ...


P = TypeVar("P", bound=Promise)


def check_possible(promise: Promise) -> None:
    """Raise ExpectationError for a promise that no run can keep."""
    if isinstance(promise.value, int):
        most = STATUSES if promise.subject == "exit_status" else MOST
        first, last = _range(promise.operator, promise.value, most)
        if first > last:
            raise ExpectationError(f"can never hold: {promise.subject} is a whole number from 0 to {most}")
    elif promise.subject == "ended" and promise.value not in ENDS:
        words = ", ".join(f'"{word}"' for word in ENDS)
        raise ExpectationError(f"'{shown(promise.value)}' is no end of a run{nearest(promise.value, ENDS)} ({words})")
    else:
        try:
            promise.value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise ExpectationError(f"can never hold: no bytes are read as {promise.value!a}") from None


def contradiction(promises: Iterable[P]) -> tuple[P, str] | None:
    """Return the first promise that cannot hold in a run where those before it do, and why; None where there is none.

    Promises of the same subject and the same modes are held against each other.
    """
    groups: dict[object, list[P]] = {}
    for promise in promises:
        groups.setdefault((promise.subject, tuple(sorted(promise.modes.items()))), []).append(promise)
    for group in groups.values():
        if not _holds_for_some(group):
            count = next(count for count in range(len(group) + 1) if count and not _holds_for_some(group[:count]))
            before = ", ".join(str(promise.line) for promise in group[: count - 1])
            return group[count - 1], f"can never hold beside what line {before} says"
    return None


def _holds_for_some(promises: Sequence[Promise]) -> bool:
    """Return whether there is a value that all `promises`, of one subject, hold for."""
    refused = {promise.value for promise in promises if promise.operator == "!="}
    texts = {promise.value for promise in promises if promise.operator == "==" and isinstance(promise.value, str)}
    if texts:
        return len(texts) == 1 and not texts & refused
    if isinstance(promises[0].value, str):
        return promises[0].subject != "ended" or bool(set(ENDS) - refused)
    most = STATUSES if promises[0].subject == "exit_status" else MOST
    ranges = [_range(promise.operator, int(promise.value), most) for promise in promises]
    first, last = max(low for low, _ in ranges), min(high for _, high in ranges)
    return last - first + 1 > sum(first <= int(value) <= last for value in refused)


def _range(operator: str, value: int, most: int) -> tuple[int, int]:
    """Return the first and last number from 0 to `most` that `operator value` holds for; `!=` leaves one gap."""
    first, last = {
        "==": (value, value),
        "!=": (0, most),
        "<": (0, value - 1),
        "<=": (0, value),
        ">": (value + 1, most),
        ">=": (value, most),
    }[operator]
    return max(first, 0), min(last, most)
