"""The line of an event that is no fault: what a process asked for and got, how it began and ended, who has a hart."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rich.text import Text

from emulator.base.names import Cost, Event
from emulator.observe import flush_words, story
from emulator.observe.call_words import call_words, name_of, wait_words
from emulator.observe.pieces import CALLS, Again, Piece, free_argument
from emulator.observe.report import program_name
from emulator.observe.scene import BARE_CALL, Scene
from emulator.observe.story import address, plural


class Row(NamedTuple):
    """How events of one kind are told."""

    name: str
    words: Callable[[Scene, Any], str]
    style: str = "bold"
    placed: bool = True  # whether the instruction that led to it is named


class Line(NamedTuple):
    """What is told of an event that is no fault: the parts of its title, what happened, what it cost ("" for none)."""

    title: tuple[str, ...]
    style: str
    words: str
    cost: str


def line(scene: Scene, piece: Piece) -> Text:
    """Return the line of `piece`, whose first event is no fault."""
    told = told_of(scene, piece)
    text = Text()
    text.append(story.SEPARATOR.join(told.title), style=told.style)
    text.append(story.SEPARATOR + told.words)
    if told.cost:
        text.append(story.SEPARATOR + told.cost, style="dim")
    return text


def told_of(scene: Scene, piece: Piece) -> Line:
    """Return what is told of `piece`, whose first event is no fault."""
    events = scene.result.events[list(piece.events)]
    event, last = events[0], events[-1]
    row = ROWS[int(event["kind"])]
    who = scene.where(event) if event["kind"] == Event.SWEEP else scene.who(event)
    where = scene.place(event) if row.placed else None
    instruction = where.text.removesuffix(BARE_CALL).rstrip() if where else ""
    title = [row.name or name_of(int(event["pages"])), *who, where.where if where else "", instruction]
    rows = scene.flushes_of(piece.events)
    failed = len(events) > 1 and last["kind"] == Event.SYSCALL and last["value"] < 0
    words = _call(scene, last) if failed else row.words(scene, event)
    return Line(
        tuple(filter(None, title)),
        row.style,
        ", ".join([words, *flush_words.flushed(rows), *flush_words.told(rows)]),
        scene.cost(piece.events) if events["cost"].any() else "",
    )


def again(scene: Scene, piece: Again) -> Text:
    """Return the line of pieces that repeat what was told just before."""
    events = scene.result.events
    text = Text()
    text.append(f"  {'again'.ljust(story.LABEL_WIDTH)}", style="dim")
    leads = [events[first.events[0]] for first in piece.pattern]
    if len(leads) == 1:
        text.append(f"{piece.times:,} more like it{_addresses(scene, piece, leads[0])}")
    else:
        names = ", ".join(map(_name, leads))
        hart = "".join(f" on {where}" for where in scene.where(leads[0]))
        text.append(f"{names}{hart}, {piece.times:,} more times in this order")
    rows = scene.flushes_of(piece.events)
    for words in (*flush_words.told(rows), scene.cycles(piece.events)):
        text.append(f", {words}")
    return text


def _addresses(scene: Scene, piece: Again, lead: Any) -> str:
    """Return between which addresses the repetitions of `piece` lie, where they differ."""
    events = scene.result.events[list(piece.events)]
    name = "va"
    addresses, first = events["va"], int(lead["va"])
    if int(lead["kind"]) not in story.OUTCOMES:
        place = free_argument(scene.result, int(lead["pages"]))
        if int(lead["kind"]) not in CALLS or place < 0:
            return ""
        name = "at"
        addresses, first = events["arguments"][:, place], int(lead["arguments"][place])
    low, high = int(addresses.min()), int(addresses.max())
    if low == high:
        return "" if low == first else f", {name} {address(low)}"
    return f", {name} {address(low)} to {address(high)}"


def _name(event: Any) -> str:
    kind = int(event["kind"])
    if kind in story.OUTCOMES:
        return f"fault ({Event(kind).name.lower()})"
    return ROWS[kind].name or name_of(int(event["pages"]))


def _fork(_: Scene, event: Any) -> str:
    parts = [f"pid {event['value']} begins"]
    if event["tables"]:
        parts.append(f"{plural(int(event['tables']), 'page table')} now shared, nothing in them can be written")
    elif event["pages"]:
        parts.append(f"{plural(int(event['pages']), 'page')} now read-only in both")
    elif event["cost"][Cost.KERNEL_COPY]:
        parts.append("private pages copied")
    return ", ".join(parts)


def _exec(scene: Scene, event: Any) -> str:
    return f"runs {program_name(scene.result, int(event['image']))} from its entry"


def _exec_failed(scene: Scene, event: Any) -> str:
    return f"no memory for {program_name(scene.result, int(event['image']))}"


def _exit(_: Scene, event: Any) -> str:
    return f"status {event['value']}"


def _thread_exit(_: Scene, event: Any) -> str:
    return f"the thread ends, status {event['value']}"


def _signal(_: Scene, event: Any) -> str:
    number = int(event["pages"])
    signal = story.SIGNALS.get(number)
    if signal is None:
        return f"killed by signal {number}"
    if event["value"]:
        return f"killed by {signal.name} ({number}): no frame is free, and it had most, {int(event['value']):,} pages"
    return f"killed by {signal.name} ({number}): {signal.reason.format(value=address(int(event['va'])))}"


def _handler(scene: Scene, event: Any) -> str:
    number, code = int(event["pages"]), int(event["arguments"][0])
    signal = story.SIGNALS.get(number)
    named = f"{signal.name} ({number})" if signal else f"signal {number}"
    why = story.CODES.get((number, code)) or story.SENT.get(code, f"code {code}")
    at = f" at {address(int(event['va']))}" if event["va"] else ""
    frame = address(int(event["arguments"][1]))
    return f"{named}, {why}{at}: the handler at {address(int(event['value']))} begins, its frame at {frame}"


def _call(scene: Scene, event: Any) -> str:
    number = int(event["pages"])
    return call_words(number, scene.result.calls.get(number), event["arguments"].tolist(), int(event["value"]))


def _wait(scene: Scene, event: Any) -> str:
    number = int(event["pages"])
    return wait_words(number, scene.result.calls.get(number), event["arguments"].tolist())


def _move(_: Scene, event: Any) -> str:
    pages = plural(int(event["pages"]), "page")
    return f"{pages} moved from {address(int(event['va']))} to {address(int(event['value']))}, nothing copied"


def _forced(_: Scene, event: Any) -> str:
    return f"a debugger writes {plural(int(event['pages']), 'byte')} at {address(int(event['va']))}"


def _switch(_: Scene, event: Any) -> str:
    return "takes a hart that was idle" if event["cost"][Cost.IDLE] else "takes the hart"


def _sweep(_: Scene, event: Any) -> str:
    return "looks for postponed invalidations"


def _merge(_: Scene, event: Any) -> str:
    return f"{plural(int(event['value']), 'page')} become one with an equal page, read-only for all who have it"


ROWS = {
    Event.FORK: Row("fork", _fork),
    Event.EXEC: Row("exec", _exec, placed=False),
    Event.EXEC_FAILED: Row("exec", _exec_failed, placed=False),
    Event.EXIT: Row("exit", _exit),
    Event.SIGNAL: Row("signal", _signal, style="bold red"),
    Event.HANDLER: Row("signal", _handler),
    Event.THREAD_EXIT: Row("exit", _thread_exit),
    Event.MOVE: Row("mremap", _move),
    Event.FORCED: Row("written", _forced),
    Event.SYSCALL: Row("", _call),
    Event.WAIT: Row("", _wait),
    Event.SWITCH: Row("switch", _switch, style="dim", placed=False),
    Event.MERGE: Row("merge", _merge, placed=False),
    Event.SWEEP: Row("tick", _sweep, style="dim", placed=False),
}
