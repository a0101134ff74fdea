"""Which frame does a page have after a fault?"""

from collections.abc import Iterator

from emulator.base.names import Event
from emulator.observe.story import address
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs, where
from emulator.quiz.said import fault_words

NEW = "One that was free until then."
ZEROS = "The one page of zeros, which all share."
NOTHING = "None."
RULES = {Event.COPY: "F3", Event.REUSE: "F4", Event.ZERO_FILL: "F6", Event.ZERO_MAP: "F6", Event.REFUSED: "F2"}
REASONS = {
    Event.COPY: "The copy is a frame of its own; the old one stays with its other owners.",
    Event.REUSE: "The only owner keeps its frame.",
    Event.ZERO_FILL: "A store needs a frame of the process's own, and a free one was filled with zeros.",
    Event.ZERO_MAP: "While nobody stores, one frame of zeros serves every such page.",
}


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each fault that leaves a page mapped."""
    for place in runs.faults:
        event = runs.result.events[place]
        kind = Event(int(event["kind"]))
        before = address(int(event["frame_before"]))
        same, gives = f"{before}, as before.", f"{before}, as before; the others get another one."
        right, wrong = {
            Event.COPY: (NEW, (Wrong("writer-keeps", gives), Wrong("never-copied", same), Wrong("zero-copied", ZEROS))),
            Event.REUSE: (same, (Wrong("last-copies", NEW), Wrong("writer-keeps", gives), Wrong("exit-leaves", ZEROS))),
            Event.ZERO_FILL: (
                NEW,
                (Wrong("zero-own", ZEROS), Wrong("fault-is-error", NOTHING), Wrong("zero-copied", same)),
            ),
            Event.ZERO_MAP: (ZEROS, (Wrong("zero-own", NEW), Wrong("read-breaks", NOTHING))),
        }.get(kind, (NEW, ()))
        if not event["frame_before"]:
            wrong = tuple(each for each in wrong if each.text != same)
        elif kind == Event.ZERO_FILL:
            wrong = tuple(each for each in wrong if each.text != ZEROS)  # it is the one before
        if wrong:
            had = f" Before, it was {before}." if event["frame_before"] else ""
            yield Draft(
                key=str(where(event)),
                text=f"{fault_words(runs, place)}. It faults. Which frame does the page have afterwards?{had}",
                right=right,
                wrong=wrong,
                because=f"It is {address(int(event['frame_after']))}. {REASONS[kind]}",
                rule=RULES[kind],
                event=place,
                quoted=place,
            )
