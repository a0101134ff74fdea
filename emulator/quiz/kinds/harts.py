"""Which other harts are told of an invalidation, and who waits?"""

from collections.abc import Iterator

from emulator.observe.flush_words import harts_of
from emulator.observe.story import OUTCOMES
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs
from emulator.quiz.said import call_words, fault_words, names

NOBODY = "No other hart."
WAITS = "{told}, and this hart waits until {it} answered."
GOES_ON = "{told}, and this hart goes on at once."


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each fault and call of a machine with more harts that makes one invalidation."""
    harts = len(runs.result.per_hart)
    if harts < 2:
        return
    for place in sorted((*runs.faults, *runs.calls)):
        rows = runs.flushes_of(place)
        if len(rows) != 1:
            continue
        event, row = runs.result.events[place], rows[0]
        told, own = harts_of(rows), int(row["hart"])
        if int(row["told"]) != len(told) or own in told:
            continue  # a broadcast reaches its sender, too
        others = [hart for hart in range(harts) if hart != own]
        said = fault_words if int(event["kind"]) in OUTCOMES else call_words
        right = _said(told, bool(row["wait"])) if told else NOBODY
        wrong = (
            Wrong("tlbs-shared" if told else "all-told", NOBODY if told else _said(others, True)),
            Wrong("nobody-waits", _said(told or others, False)),
            Wrong("all-told", _said(others, True)),
            Wrong("tlbs-shared", _said(others[:1], True)),
        )
        yield Draft(
            key=f"{place}",
            text=f"{said(runs, place)}. It changes PTEs. Which other harts are told, and who waits?",
            right=right,
            wrong=wrong,
            because=(
                "No hart can look into another's TLB: those that may hold the entry have to drop it first."
                if told
                else "No other hart can hold an entry of this, or it will flush before it runs this address space."
            ),
            rule="F45" if told else "F22",
            event=place,
            quoted=place,
        )


def _said(harts: list[int], waits: bool) -> str:
    """Return which harts are told, in words."""
    told = names(harts, "hart")
    words = WAITS if waits else GOES_ON
    return words.format(told=told[:1].upper() + told[1:], it="it has" if len(harts) == 1 else "all have")
