"""Commands about what gdb knows nothing of: faults, page tables, TLBs, frames; `monitor COMMAND` in gdb.

None of them changes anything of the machine, but for what it is to stop at.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from emulator.base.bits import page_of
from emulator.base.errors import ConfigError, EmulatorError, nearest, shown
from emulator.base.names import Event
from emulator.debug.session import Session
from emulator.machine.kinds import FAULTS, NAMES
from emulator.observe.line import line
from emulator.observe.paragraph import paragraph
from emulator.observe.pieces import Piece, pieces_of
from emulator.observe.scene import Scene
from emulator.observe.story import flags_of
from emulator.state import Entry, Frame, State, TlbEntry

LATEST = 20  # faults that are listed
PTE = "pte"


class Command(NamedTuple):
    """A command: what may follow it, and what it is for."""

    takes: str
    help: str
    answer: Callable[["Monitor", list[str], int], Iterable[str]]


class Monitor:
    """Answers commands about the run of `session`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def answer(self, text: str, pid: int) -> str:
        """Return the lines that answer a command that is given in process `pid`; a mistake is answered by one line."""
        name, *words = text.split() or ["help"]
        try:
            command = COMMANDS.get(name)
            if command is None:
                raise ConfigError(f"'{shown(name)}' is no command; {', '.join(COMMANDS)} are{nearest(name, COMMANDS)}")
            if len(words) > len(command.takes.split()):
                raise ConfigError(f"{name}: '{shown(words[-1])}' is too much; {name} {command.takes}".rstrip())
            return "".join(f"{each}\n" for each in command.answer(self, words, pid))
        except EmulatorError as error:
            return f"{error.message}\n"

    def help(self, words: list[str], pid: int) -> Iterable[str]:
        """The commands."""
        return [f"{name + ' ' + each.takes:<20} {each.help}" for name, each in COMMANDS.items()]

    def faults(self, words: list[str], pid: int) -> Iterable[str]:
        """The latest faults, a line each."""
        events = self._session.machine.core.events.since(0)
        found = np.flatnonzero(np.isin(events["kind"], FAULTS))
        yield f"{len(found)} faults" if len(found) != 1 else "1 fault"
        for number, place in list(enumerate(found, 1))[-LATEST:]:
            event = events[place]
            kind = Event(int(event["kind"])).name.lower()
            yield f"{number:>4}  {kind:<10} pid {event['pid']}  pc {int(event['pc']):#x}  va {int(event['va']):#x}"

    def why(self, words: list[str], pid: int) -> Iterable[str]:
        """The event that was told last, in full."""
        result = self._session.machine.result("limit")
        events = result.events
        if not len(events):
            return ["nothing has happened yet"]
        scene, last = Scene.of(result), len(events) - 1
        if int(events[last]["kind"]) in FAULTS:
            number = int(np.isin(events["kind"], FAULTS).sum())
            return paragraph(scene, last, number).plain.split("\n")
        pieces = [piece for piece in pieces_of(result, False) if isinstance(piece, Piece)]
        return line(scene, pieces[-1]).plain.split("\n")

    def pagetable(self, words: list[str], pid: int) -> Iterable[str]:
        """The page table of the process: where an address leads, or every page."""
        state = self._session.machine.state()
        space = state.space(state.process(pid).space)
        if not words:
            for entry in space.root.pages():
                yield page_words(entry)
            return
        va, table = number_of(words[0]), space.root
        while True:
            found = next((each for each in table.entries if each.va <= va < each.va + each.size), None)
            if found is None:
                yield f"level {table.level}  frame {table.frame:#x}  no entry for {va:#x}"
                return
            if found.table is None:
                yield f"level {table.level}  frame {table.frame:#x}  entry {found.number:>3}  {page_words(found)}"
                return
            yield f"level {table.level}  frame {table.frame:#x}  entry {found.number:>3}  -> table {found.frame:#x}"
            table = found.table

    def tlb(self, words: list[str], pid: int) -> Iterable[str]:
        """What the TLBs of a hart hold, by default of the one that the process runs on."""
        state = self._session.machine.state()
        wanted = number_of(words[0]) if words else hart_of(state, pid)
        if not 0 <= wanted < len(state.harts):
            raise ConfigError(f"tlb: there is no hart {wanted}; 0-{len(state.harts) - 1} are right")
        hart = state.harts[wanted]
        yield f"hart {wanted}, asid {hart.asid}: {len(hart.entries)} entries"
        for entry in hart.entries:
            yield tlb_words(entry)

    def frame(self, words: list[str], pid: int) -> Iterable[str]:
        """Who has a frame, and where it is mapped."""
        if not words:
            raise ConfigError("frame: which one? frame N is right")
        number, state = number_of(words[0]), self._session.machine.state()
        try:
            return frame_words(state, state.frame(number))
        except KeyError:
            return [f"frame {number:#x} is free"]

    def stop_at(self, words: list[str], pid: int) -> Iterable[str]:
        """What else the run is to stop at; more of it."""
        wishes = self._session.wishes
        if words and words[0] == PTE:
            if len(words) < 2:
                raise ConfigError("break pte: of what address? break pte VA is right")
            wishes.add_pte(pid, number_of(words[1]))
        elif words:
            wishes.add_kind(words[0])
        yield from (f"stops after: {name}" for name in (*wishes.kinds, *(["stale"] if wishes.stale else [])))
        yield from (["stops before: the end of a process"] if wishes.ends else [])
        yield from (f"stops after a change of the PTE of {va:#x} in process {each}" for each, va in wishes.ptes)

    def clear(self, words: list[str], pid: int) -> Iterable[str]:
        """Nothing else to stop at."""
        self._session.wishes.clear()
        return ["stops at breakpoints and watchpoints alone"]


def number_of(text: str) -> int:
    """Return a number, hexadecimal after `0x`. Raises ConfigError for what is none."""
    try:
        return int(text, 0)
    except ValueError:
        raise ConfigError(f"'{shown(text)}' is no number; 4096 or 0x1000 is right") from None


def hart_of(state: State, pid: int) -> int:
    """Return the hart that a process runs on, 0 where it runs on none."""
    return next((hart.number for hart in state.harts if hart.pid == pid), 0)


def page_words(entry: Entry) -> str:
    """Return in words what an entry maps."""
    if entry.slot:
        return f"va {entry.va:#x} -> swap slot {entry.slot}"
    return f"va {entry.va:#x} -> frame {entry.frame:#x}  {flags_of(entry.rights)}"


def tlb_words(entry: TlbEntry) -> str:
    """Return in words what a TLB entry is."""
    return (
        f"{entry.tlb:<7} asid {entry.asid:<4} va {page_of(entry.va):#x} -> frame {entry.frame:#x}  "
        f"{flags_of(entry.rights)}  {entry.kind.value}"
    )


def frame_words(state: State, frame: Frame) -> Iterable[str]:
    """Yield in words what a frame holds and who has it."""
    yield f"frame {frame.number:#x}: {frame.holds.value}, {frame.refs} reference{'s' if frame.refs != 1 else ''}"
    for owner in frame.owners:
        pids = ", ".join(map(str, state.space(owner.space).pids))
        yield f"  process {pids} at {owner.va:#x}"


COMMANDS = {
    "faults": Command("", f"the latest {LATEST} faults, a line each", Monitor.faults),
    "why": Command("", "the last event in full: what was found, decided, done, and its cost", Monitor.why),
    "pagetable": Command("[VA]", "the process's page table: where VA leads, or every page", Monitor.pagetable),
    "tlb": Command("[HART]", "the entries of a hart's TLBs", Monitor.tlb),
    "frame": Command("N", "who has frame N", Monitor.frame),
    "break": Command("[KIND | pte VA]", "stop after such an event, too; alone: what is stopped at", Monitor.stop_at),
    "clear": Command("", "take back all that break has said", Monitor.clear),
    "help": Command("", f"this; KIND is stale, end, {', '.join(NAMES[:6])} or another kind of event", Monitor.help),
}
