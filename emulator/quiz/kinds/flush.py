"""Which TLB entries does the kernel invalidate for a fault or a system call?"""

from collections.abc import Iterator
from typing import NamedTuple

from emulator.base.names import Event, Fault
from emulator.observe.story import address
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs, where
from emulator.quiz.said import call_words, fault_words, page_words

FAULTS = (Event.COPY, Event.REUSE, Event.ZERO_FILL, Event.ZERO_MAP)
ASKS = "Which entries of this hart's TLBs does the kernel invalidate?"
WHOLE_TLB = "full"  # a reach that drops everything always: nothing to ask about

NONE = "None."
SPACE = "All entries of its address space."
EVERYTHING = "All entries, those of other processes, too."
ONE_LATER = "None yet; of each page the entry, when a store to it faults."


class Case(NamedTuple):
    """What goes with a right answer: the wrong ones, why it is right, and by which rule."""

    wrong: tuple[Wrong, ...]
    because: str
    rule: str


SOME = Case(
    (Wrong("tlb-sees", NONE), Wrong("flush-more", SPACE), Wrong("flush-all", EVERYTHING)),
    "The TLB may hold what the PTE was before, and finds out about a change only by being told.",
    "F41",
)
ALL = Case(
    (Wrong("tlb-sees", NONE), Wrong("flush-page", ONE_LATER), Wrong("flush-all", EVERYTHING)),
    "Many PTEs have changed at once; one invalidation of the whole address space covers them.",
    "F64",
)


def nothing(entry: str) -> Case:
    """Return what goes with an answer that there is nothing to drop, not even `entry`."""
    wrong = Wrong("absent-cached", entry), Wrong("flush-more", SPACE), Wrong("flush-all", EVERYTHING)
    return Case(wrong, "No PTE was there, so no entry can be in a TLB.", "F23")


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each fault that maps a page, and for each call that makes one invalidation."""
    if WHOLE_TLB in runs.result.settings["flush"].split("+"):
        return
    for place in runs.faults:
        event = runs.result.events[place]
        rows = runs.flushes_of(place)
        page = page_words(int(event["va"]))
        key, text = str(where(event)), f"{fault_words(runs, place)}. It faults. {ASKS}"
        if int(event["kind"]) not in FAULTS or len(rows) > 1:
            continue
        if len(rows):
            yield _draft(key, text, place, f"The entry of {page}.", SOME)
        elif event["fault"] == Fault.NOT_PRESENT:
            yield _draft(key, text, place, NONE, nothing(f"The entry of {page}."))
    for place in runs.calls:
        rows = runs.flushes_of(place)
        if len(rows) != 1:
            continue
        key, text = f"call {place}", f"{call_words(runs, place)}. {ASKS}"
        count, first = int(rows[0]["pages"]), address(int(rows[0]["va"]))
        if count:
            one, more = f"The entry of the page at {first}.", f"The entries of {count} pages from {first} on."
            yield _draft(key, text, place, one if count == 1 else more, SOME)
        else:
            yield _draft(key, text, place, SPACE, ALL)


def _draft(key: str, text: str, place: int, right: str, case: Case) -> Draft:
    return Draft(key, text, right, case.wrong, case.because, case.rule, event=place, quoted=place)
