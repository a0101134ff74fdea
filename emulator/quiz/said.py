"""Accesses, processes and numbers in the words of a question: no word of what became of them."""

from collections.abc import Iterable
from typing import Any

from emulator.base.bits import page_of
from emulator.base.names import Access, Event
from emulator.observe.call_words import asked_words, name_of
from emulator.observe.place import place_of
from emulator.observe.story import address
from emulator.quiz import accesses
from emulator.quiz.runs import Runs

NOUNS = {
    Access.FETCH: "fetch",
    Access.LOAD: "load",
    Access.STORE: "store",
    Access.AMO: "atomic access",
    Access.LR: "load",
}
READS = ("fetch", "load")


def noun_of(event: Any) -> str:
    """Return what an access is called."""
    return NOUNS[Access(int(event["access"]))]


def page_words(va: int) -> str:
    """Return `the page at 0x12000`."""
    return f"the page at {address(int(page_of(va)))}"


def fault_words(runs: Runs, place: int) -> str:
    """Return who makes the access of event `place`, where and how, in a sentence without its full stop."""
    event = runs.result.events[place]
    who, where = ", ".join(runs.scene.who(event)), runs.scene.place(event)
    page = page_words(int(event["va"]))
    if event["usercopy"]:
        return f"In the system call of {who} at {where.where} the kernel makes {_made(noun_of(event))} {page}"
    return f"{who} runs {where.where}, `{where.text}`: {_made(noun_of(event))} {page}"


def access_words(runs: Runs, access: accesses.Access) -> str:
    """Return the same of an access that left no event."""
    where = place_of(runs.result.images[0], access.pc)
    who = [f"pid {access.pid}"]
    if access.pid in runs.scene.threaded:
        who.append(f"thread {access.tid}")
    if len(runs.result.per_hart) > 1:
        who.append(f"hart {access.hart}")
    made = _made("store" if access.store else "load")
    return f"{', '.join(who)} runs {where.where}, `{where.text}`: {made} {page_words(access.page)}"


def call_words(runs: Runs, place: int) -> str:
    """Return who makes the system call of event `place`, a fork or any other, and what it asks for."""
    event = runs.result.events[place]
    who, where = ", ".join(runs.scene.who(event)), runs.scene.place(event).where
    if event["kind"] == Event.FORK:
        return f"{who} forks at {where}"
    number = int(event["pages"])
    asked = asked_words(number, runs.result.calls.get(number), event["arguments"].tolist())
    return f"{who} calls {name_of(number)} at {where}: {asked}"


def _made(noun: str) -> str:
    """Return `a store to`, `a load from`, `an atomic access to`."""
    article = "an" if noun[0] in "aeiou" else "a"
    return f"{article} {noun} {'from' if noun in READS else 'to'}"


def names(numbers: Iterable[int], noun: str) -> str:
    """Return `pid 1`, `pid 1 and pid 2`, `pid 1, pid 2 and pid 3`."""
    words = [f"{noun} {number}" for number in numbers]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
