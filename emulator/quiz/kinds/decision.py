"""What does the kernel do about a fault: copy, re-use, zeros, a signal?"""

from collections.abc import Iterator

from emulator.base.names import Event
from emulator.observe.story import address
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs, where
from emulator.quiz.said import fault_words, names

TEXTS = {
    Event.COPY: "It takes another frame, copies the page into it, and maps that.",
    Event.REUSE: "It copies nothing and makes the PTE writable again.",
    Event.ZERO_FILL: "It takes a frame, fills it with zeros, and maps that.",
    Event.ZERO_MAP: "It takes no frame for it, and maps the one page of zeros.",
    Event.SHARE: "It takes no frame for it, and maps the one that all share.",
    Event.REFUSED: "It changes nothing, and sends a signal.",
}
WRONG = {
    Event.COPY: (
        (Event.REUSE, "writer-keeps"),
        (Event.ZERO_FILL, "new-is-empty"),
        (Event.REFUSED, "pte-decides"),
    ),
    Event.REUSE: (
        (Event.COPY, "last-copies"),
        (Event.ZERO_FILL, "new-is-empty"),
        (Event.REFUSED, "pte-decides"),
    ),
    Event.ZERO_FILL: (
        (Event.COPY, "zero-copied"),
        (Event.REUSE, "zero-copied"),
        (Event.REFUSED, "fault-is-error"),
    ),
    Event.ZERO_MAP: (
        (Event.ZERO_FILL, "zero-own"),
        (Event.COPY, "read-breaks"),
        (Event.REFUSED, "fault-is-error"),
    ),
    Event.SHARE: (
        (Event.COPY, "shared-copied"),
        (Event.ZERO_FILL, "new-is-empty"),
        (Event.REFUSED, "fault-is-error"),
    ),
    Event.REFUSED: (
        (Event.COPY, "read-only-is-cow"),
        (Event.REUSE, "read-only-is-cow"),
        (Event.ZERO_FILL, "any-address"),
    ),
}
RULES = {
    Event.COPY: "F3",
    Event.REUSE: "F4",
    Event.ZERO_FILL: "F6",
    Event.ZERO_MAP: "F6",
    Event.SHARE: "F60",
    Event.REFUSED: "F2",
}
REASONS = {
    Event.COPY: "The region grants the store and the frame has more than one owner.",
    Event.REUSE: "The region grants the store and the frame has one owner left, who needs no copy.",
    Event.ZERO_FILL: "The region grants the store, and nothing but zeros has been there: they need no copying.",
    Event.ZERO_MAP: "The region grants the access, and one page of zeros serves all who only read.",
    Event.SHARE: "The region is shared: all who map it are meant to see one frame.",
    Event.REFUSED: "The region does not grant the access, or there is none: nothing may be mended.",
}


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each fault of a kind above."""
    for place in runs.faults:
        event = runs.result.events[place]
        kind = Event(int(event["kind"]))
        if kind in TEXTS:
            yield Draft(
                key=str(where(event)),
                text=f"{fault_words(runs, place)}. It faults{_owners(runs, place)}. What does the kernel do?",
                right=TEXTS[kind],
                wrong=tuple(Wrong(why, TEXTS[key]) for key, why in WRONG[kind]),
                because=REASONS[kind],
                rule=RULES[kind],
                event=place,
                quoted=place,
            )


def _owners(runs: Runs, place: int) -> str:
    """Say who holds the frame, where that decides."""
    event = runs.result.events[place]
    if int(event["kind"]) not in (Event.COPY, Event.REUSE):
        return ""
    owners = [int(pid) for pid in event["sharers"] if pid]
    frame = address(int(event["frame_before"]))
    if len(owners) != int(event["owners"]):
        return f", and frame {frame} has {event['owners']} owners"
    return f", and frame {frame} is held by {names(owners, 'pid')}"
