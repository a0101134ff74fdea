"""How many owners does a frame have before and after a fault?"""

from collections.abc import Iterator

from emulator.base.names import Event
from emulator.observe.story import address, plural
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs, where
from emulator.quiz.said import fault_words


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield a question for each copy and each re-use."""
    for place in runs.faults:
        event = runs.result.events[place]
        kind, owners = int(event["kind"]), int(event["owners"])
        if kind == Event.COPY:
            after, because = owners - 1, "Who gets the copy gives up the old frame."
            wrong = (
                Wrong("owners-stay", said(owners, owners)),
                Wrong("copy-counts", said(owners, owners + 1)),
                Wrong("parent-keeps", said(1, 1)),
            )
        elif kind == Event.REUSE:
            after, because = owners, "All others have given it up: by ending, by running another program, or by a copy."
            wrong = (
                Wrong("exit-leaves", said(owners + 1, owners)),
                Wrong("owners-stay", said(owners + 1, owners + 1)),
                Wrong("last-copies", said(owners, owners - 1)),
            )
        else:
            continue
        frame = address(int(event["frame_before"]))
        yield Draft(
            key=str(where(event)),
            text=f"{fault_words(runs, place)}, in frame {frame}. It faults. How many owners does {frame} have before "
            "the fault, and how many after it?",
            right=said(owners, after),
            wrong=wrong,
            because=because,
            rule="F62" if kind == Event.COPY else "F61",
            event=place,
            quoted=place,
        )


def said(before: int, after: int) -> str:
    """Return the two numbers in words."""
    return f"{plural(before, 'owner')} before, {after} after."
