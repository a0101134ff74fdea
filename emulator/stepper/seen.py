"""What there is to see where a walk stands, taken at once: panes are made of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from rich.text import Text

from emulator.machine import Now
from emulator.observe.line import line
from emulator.observe.paragraph import paragraph
from emulator.observe.pieces import Piece
from emulator.observe.scene import Scene
from emulator.observe.sources import Sources
from emulator.observe.story import OUTCOMES
from emulator.result import Result
from emulator.state import Process, State, Thread
from emulator.stepper.walk import Walk

ROW_BYTES = 16  # of memory that a row shows
ROWS = 32
STACK_POINTER = 2


class Source(NamedTuple):
    """A source, lines by number, and the one that is next; addresses in the place of numbers in a listing."""

    name: str
    lines: tuple[tuple[int, str], ...]
    listing: bool
    at: int


class Seen(NamedTuple):
    """What there is to see. `pid` is the process that panes are about, 0 for none; None stands for what there is not.

    `memory` has rows of bytes by address, None for what is not mapped. `frame` is the one that is followed.
    """

    now: Now
    state: State
    before: State
    pid: int
    source: Source | None
    story: Text
    memory: tuple[tuple[int, bytes | None], ...]
    frame: int | None

    @property
    def process(self) -> Process | None:
        """The process that panes are about."""
        return next((process for process in self.state.processes if process.pid == self.pid), None)

    @property
    def thread(self) -> Thread | None:
        """Its thread that runs, or ran."""
        return thread_of(self.state, self.pid, self.now.thread)


def seen(walk: Walk, before: State | None, address: int | None, frame: int | None) -> Seen:
    """Return what there is to see; `before` is the state that it is compared with, `address` where memory begins.

    Without `address` that is where the last event faulted, or the top of the stack.
    """
    machine, now = walk.machine, walk.now
    state = machine.state()
    result = machine.result("stop")
    event = result.events[now.event - 1] if 0 < now.event <= len(result.events) else None
    pid = now.process or (int(event["pid"]) if event is not None else 0)
    if address is None:
        address = _looked_at(state, event, pid, now.thread)
    return Seen(
        now,
        state,
        state if before is None else before,
        pid,
        _source(result, state, pid, now),
        _told(result, now.event - 1),
        tuple(_memory(walk, pid, address)) if address is not None else (),
        frame,
    )


def thread_of(state: State, pid: int, tid: int) -> Thread | None:
    """Return a thread of a process, its first one where it has none of that number."""
    threads = next((process.threads for process in state.processes if process.pid == pid), ())
    return next((thread for thread in threads if thread.tid == tid), threads[0] if threads else None)


def _looked_at(state: State, event: Any, pid: int, tid: int) -> int | None:
    if event is not None and int(event["kind"]) in OUTCOMES and int(event["pid"]) == pid:
        return int(event["va"]) & (1 << 64) - 1
    thread = thread_of(state, pid, tid)
    return None if thread is None else thread.registers[STACK_POINTER]


def _memory(walk: Walk, pid: int, address: int) -> Iterator[tuple[int, bytes | None]]:
    start = address - address % ROW_BYTES
    for va in range(start, min(start + ROWS * ROW_BYTES, 1 << 64), ROW_BYTES):
        yield va, walk.read(pid, va, ROW_BYTES)


def _source(result: Result, state: State, pid: int, now: Now) -> Source | None:
    process = next((process for process in state.processes if process.pid == pid), None)
    thread = thread_of(state, pid, now.thread)
    if process is None or thread is None or not 0 <= process.image < len(result.images):
        return None
    sources = Sources()
    place = sources.place(result.images[process.image], now.pc if now.process else thread.pc)
    if place is None:
        return None
    (found,) = sources.written()
    return Source(found["name"], tuple((n, text) for n, text in found["lines"]), bool(found["listing"]), place[1])


def _told(result: Result, place: int) -> Text:
    """Return what is told of event number `place`."""
    if place < 0:
        return Text("nothing has happened yet", style="dim")
    if place >= len(result.events):
        return Text("events this late are not kept", style="dim")
    scene = Scene.of(result)
    faults = np.isin(result.events["kind"][: place + 1], list(OUTCOMES))
    if faults[place]:
        return paragraph(scene, place, int(faults.sum()))
    return line(scene, Piece((place,)))
