"""What does a page's PTE grant after a fault?"""

from collections.abc import Iterator

from emulator.base.names import Event
from emulator.observe.story import flags_of
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs, where
from emulator.quiz.said import fault_words

ASKED = (Event.COPY, Event.REUSE, Event.ZERO_FILL, Event.ZERO_MAP, Event.SHARE, Event.UPGRADE)
LETTERS = "r, w, x: what it grants; u: to the user; a, d: accessed, dirty; a dash for what is not set"
REASON = "The PTE went from {before} to {after}: what the region grants and this page may have, no more."
ZERO_REASON = "The PTE went from {before} to {after}: the page of zeros is everybody's, so nobody may store to it."


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each fault that leaves a page mapped."""
    for place in runs.faults:
        event = runs.result.events[place]
        kind = int(event["kind"])
        if kind not in ASKED:
            continue
        before, after = (flags_of(runs.result.rights_of(event[name])) for name in ("pte_before", "pte_after"))
        lenient = "zero-own" if kind == Event.ZERO_MAP else "dirty-later"
        yield Draft(
            key=str(where(event)),
            text=f"{fault_words(runs, place)}. It faults, and its PTE is {before}. What is the PTE when the kernel "
            f"returns? ({LETTERS})",
            right=after,
            wrong=(
                Wrong("pte-stays", before),
                Wrong("all-rights", "rwxuad"),
                Wrong(lenient, "rw-uad" if kind == Event.ZERO_MAP else "rw-u--"),
                Wrong("dirty-later", "r--u--"),
            ),
            because=(ZERO_REASON if kind == Event.ZERO_MAP else REASON).format(before=before, after=after),
            rule="F6" if kind in (Event.ZERO_MAP, Event.ZERO_FILL) else "F3",
            event=place,
            quoted=place,
        )
