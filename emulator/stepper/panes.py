"""The panes of the stepper: each shows one thing of what there is to see, as lines of text."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from rich.text import Text

from emulator.observe.story import KINDS, flags_of, permissions_of
from emulator.state import Frame, Kind, Space
from emulator.stepper.seen import Seen, thread_of
from isa.registers import ABI_NAMES

CHANGED, FOLLOWED, NEXT = "bold yellow", "reverse", "reverse"
ACROSS = 25  # columns of a register
MOST_OWNERS = 4  # of a frame that are named


class Pane(NamedTuple):
    """A pane: its key, its name, and what makes its lines, in so many columns."""

    key: str
    name: str
    lines: Callable[[Seen, int], Iterator[Text]]


def source(seen: Seen, width: int) -> Iterator[Text]:
    """Yield the lines of the source, the one that is next marked."""
    if seen.source is None:
        yield Text("no instruction is next here", style="dim")
        return
    digits = len(f"{seen.source.lines[-1][0]:x}") if seen.source.listing else len(str(seen.source.lines[-1][0]))
    for number, text in seen.source.lines:
        label = f"{number:x}" if seen.source.listing else str(number)
        here = number == seen.source.at
        yield Text(f"{'>' if here else ' '} {label.rjust(digits)}  {text.expandtabs()}", style=NEXT if here else "")


def registers(seen: Seen, width: int) -> Iterator[Text]:
    """Yield PC and registers; what has changed since the last look is marked."""
    thread = seen.thread
    if thread is None:
        yield Text("no thread is left", style="dim")
        return
    before = thread_of(seen.before, seen.pid, thread.tid)
    yield Text(f"{'pc':<5}{thread.pc:#x}   thread {thread.tid}, {thread.state}{_waits(thread.waits_for)}")
    across = max(1, width // ACROSS)
    rows = -(-len(ABI_NAMES) // across)
    for row in range(rows):
        text = Text()
        for number in range(row, len(ABI_NAMES), rows):
            value = thread.registers[number]
            same = before is None or before.registers[number] == value
            text.append(f"{ABI_NAMES[number]:<5}{value:#x}".ljust(ACROSS), style="" if same else CHANGED)
        yield text


def memory(seen: Seen, width: int) -> Iterator[Text]:
    """Yield bytes of the process's memory, with what they are as text."""
    for va, data in seen.memory:
        if data is None:
            yield Text(f"{va:>12x}  not mapped", style="dim")
        else:
            letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
            yield Text(f"{va:>12x}  {data[:8].hex(' ')}  {data[8:].hex(' ')}  {letters}")


def tables(seen: Seen, width: int) -> Iterator[Text]:
    """Yield regions of the address space, and in each the entries of its page table."""
    space = _space(seen)
    if space is None:
        yield Text("no address space is left", style="dim")
        return
    yield Text(f"root table in frame {space.root.frame:#x}, ASID {space.asid}")
    pages = {page.va: page for page in space.root.pages()}
    for region in space.regions:
        shared = "shared" if region.shared else "private"
        words = f"{permissions_of(region.rights)} {shared} {KINDS[region.kind]}"
        yield Text(f"{region.start:#x}-{region.end:#x} {words}", style="bold")
        for va in sorted(va for va in pages if region.start <= va < region.end):
            page = pages.pop(va)
            where = f"swap slot {page.slot}" if page.slot else f"{page.frame:#x} {flags_of(page.rights)}"
            yield _marked(f"  {va:>12x} -> {where}", page.frame, seen)
    for va, page in sorted(pages.items()):
        yield _marked(f"  {va:>12x} -> {page.frame:#x} {flags_of(page.rights)}, in no region", page.frame, seen)


def tlb(seen: Seen, width: int) -> Iterator[Text]:
    """Yield the TLB entries of each hart, those that an invalidation dropped among them."""
    for hart in seen.state.harts:
        running = f"pid {hart.pid}" if hart.pid else "idle"
        yield Text(f"hart {hart.number}: {running}, ASID {hart.asid}", style="bold")
        for entry in hart.entries:
            asid = "every" if entry.everywhere else f"{entry.asid:>5}"
            where = f"  {entry.tlb:<6} {entry.va:>12x} ASID {asid}"
            if entry.kind is Kind.GHOST:
                yield Text(f"{where}  dropped by invalidation {entry.dropped_by}", style="dim")
            elif entry.kind is Kind.NEGATIVE:
                yield Text(f"{where}  no valid PTE")
            else:
                stale = ", stale" if entry.kind is Kind.STALE else ""
                yield _marked(f"{where} -> {entry.frame:#x} {flags_of(entry.rights)}{stale}", entry.frame, seen)


def frames(seen: Seen, width: int) -> Iterator[Text]:
    """Yield the frames in use, the one that is followed first."""
    state = seen.state
    if seen.frame is not None and all(frame.number != seen.frame for frame in state.frames):
        yield Text(f"frame {seen.frame:#x} is free", style=FOLLOWED)
    yield Text(f"{len(state.frames)} in use, {state.frames_free} free")
    before = {frame.number: frame for frame in seen.before.frames}
    for frame in sorted(state.frames, key=lambda frame: (frame.number != seen.frame, frame.number)):
        text = _marked(_frame(frame, seen), frame.number, seen)
        if before.get(frame.number) != frame:
            text.stylize(CHANGED)
        yield text


PANES = (
    Pane("1", "source", source),
    Pane("2", "registers", registers),
    Pane("3", "memory", memory),
    Pane("4", "page table", tables),
    Pane("5", "TLBs", tlb),
    Pane("6", "frames", frames),
)


def _waits(words: str) -> str:
    return f", waits for {words}" if words else ""


def _space(seen: Seen) -> Space | None:
    process = seen.process
    number = -1 if process is None else process.space
    return next((space for space in seen.state.spaces if space.number == number), None)


def _frame(frame: Frame, seen: Seen) -> str:
    pids = {space.number: space.pids for space in seen.state.spaces}
    named = [
        f"{' '.join(f'pid {pid}' for pid in pids.get(owner.space, ()))} {owner.va:#x}"
        for owner in frame.owners[:MOST_OWNERS]
    ]
    more = [f"{len(frame.owners) - MOST_OWNERS} more"] if len(frame.owners) > MOST_OWNERS else []
    level = f", level {frame.level}" if frame.level else ""
    times = f" x{frame.refs}" if frame.refs > 1 else ""
    return f"{frame.number:#6x} {frame.holds.value}{level}{times}  {', '.join(named + more)}"


def _marked(words: str, frame: int, seen: Seen) -> Text:
    return Text(words, style=FOLLOWED if frame == seen.frame else "")
