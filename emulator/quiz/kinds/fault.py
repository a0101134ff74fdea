"""Does this access fault, and why? Accesses that fault left an event; those that do not were watched."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from emulator.base.names import Access, Event, Fault
from emulator.quiz import accesses
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.order import shuffled
from emulator.quiz.runs import Runs, where
from emulator.quiz.said import access_words, fault_words, noun_of, page_words

ASKS = "Does it fault, and why?"
LEAST_QUIET = 2  # accesses that do not fault: as many as there are faults, but so many at least

NONE, ABSENT, SHARED, FORBIDDEN, UNMAPPED, STALE = range(6)
TEXTS = {
    NONE: "It does not fault.",
    ABSENT: "It faults because no page is there yet. The kernel mends that, and it goes on.",
    SHARED: "It faults because the PTE is read-only, although the region grants the {noun}. The kernel mends that, "
    "and it goes on.",
    FORBIDDEN: "It faults because the region does not grant the {noun}, and ends in a signal.",
    UNMAPPED: "It faults because no region holds the address, and ends in a signal.",
    STALE: "It faults because the TLB still has what the PTE was before. The kernel flushes that, and it goes on.",
}
# What leads to a wrong answer, by the right one.
WRONG = {
    ABSENT: ((NONE, "mmap-gives"), (UNMAPPED, "fault-is-error"), (SHARED, "read-only-is-cow")),
    SHARED: ((ABSENT, "fork-unmaps"), (FORBIDDEN, "pte-decides"), (UNMAPPED, "fault-is-error")),
    FORBIDDEN: ((SHARED, "read-only-is-cow"), (NONE, "tlb-unchecked"), (ABSENT, "any-address")),
    UNMAPPED: ((ABSENT, "any-address"), (NONE, "tlb-unchecked"), (SHARED, "read-only-is-cow")),
    STALE: ((NONE, "tlb-sees"), (FORBIDDEN, "pte-decides"), (UNMAPPED, "fault-is-error")),
}
WRONG_OF_QUIET = ((SHARED, "always-faults"), (ABSENT, "first-touch"), (FORBIDDEN, "fault-is-error"))
COPIED_ON_READ = "It faults because the page is shared, and is copied."
RULES = {ABSENT: "F12", SHARED: "F1", FORBIDDEN: "F2", UNMAPPED: "F67", STALE: "F42"}
REASONS = {
    ABSENT: "A walk found no valid PTE; the region grants the access, so this is no mistake.",
    SHARED: "The PTE does not grant what the region does: that is the kernel's to mend.",
    FORBIDDEN: "The kernel asks the region, and it does not grant the access.",
    UNMAPPED: "No region holds the address: nothing is mapped there.",
    STALE: "The PTE granted the access already when the kernel looked.",
}


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each fault, and for as many accesses that do not fault."""
    found = 0
    for place in runs.faults:
        event = runs.result.events[place]
        right = cause(event)
        if event["usercopy"] or right is None:
            continue
        found += 1
        noun = noun_of(event)
        wrong = list(WRONG[right])
        if right == SHARED:
            keeps = "parent-keeps" if int(event["pid"]) in runs.parents() else "fork-copies"
            wrong.insert(0, (NONE, keeps))
        yield Draft(
            key=str(where(event)),
            text=f"{fault_words(runs, place)}. {ASKS}",
            right=TEXTS[right].format(noun=noun),
            wrong=tuple(Wrong(why, TEXTS[key].format(noun=noun)) for key, why in wrong),
            because=REASONS[right],
            rule=RULES[right],
            event=place,
            quoted=place,
        )
    for access in islice(shuffled(runs.quiet, str, runs.seed, "quiet"), max(found, LEAST_QUIET)):
        yield _quiet(runs, access)


def cause(event: Any) -> int | None:
    """Return why an access faulted, None for what is not asked about."""
    kind, fault = int(event["kind"]), int(event["fault"])
    if kind == Event.REFUSED:
        return FORBIDDEN if event["region_end"] else UNMAPPED
    if kind == Event.SPURIOUS:
        return STALE
    if kind == Event.OUT_OF_MEMORY:
        return None
    return {Fault.NOT_PRESENT: ABSENT, Fault.WRITE_PROTECTED: SHARED}.get(Fault(fault))


def _quiet(runs: Runs, access: accesses.Access) -> Draft:
    noun = "store" if access.store else "load"
    wrong = [Wrong(why, TEXTS[key].format(noun=noun)) for key, why in WRONG_OF_QUIET]
    if not access.store:
        wrong[0] = Wrong("read-breaks", COPIED_ON_READ)
    before = _made_ready(runs, access)
    reason = (
        "The page was there, and granted it, from the beginning."
        if before is None
        else f"Fault {runs.number_of_fault(before)}, before it, has made the page so that it grants the {noun}."
    )
    return Draft(
        key=str((access.pid, access.pc, access.page)),
        text=f"{access_words(runs, access)}. {ASKS}",
        right=TEXTS[NONE],
        wrong=tuple(wrong),
        because=f"No fault of this instruction at {page_words(access.page)} is among the events. {reason}",
        rule="F3" if access.store else "F1",
        quoted=before,
    )


def _made_ready(runs: Runs, access: accesses.Access) -> int | None:
    """Return the last fault of the process at the page before the access, on its hart; None for none."""
    found = None
    for place in runs.faults:
        event = runs.result.events[place]
        same = where(event)[::2] == (access.pid, access.page) and int(event["hart"]) == access.hart
        needed = not access.store or int(event["access"]) in (Access.STORE, Access.AMO)
        if same and needed and int(event["cycle"]) <= access.cycle:
            found = place
    return found
