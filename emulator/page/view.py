"""What a page shows of a state, as parts by key: so that from event to event only what has changed is kept.

    p1            process 1             [parent, program, image, life, space, status, signal]
    q2            thread 2              [pid, state, what it waits for, hart]
    h0            hart 0                [pid, tid, asid, ghosts in its TLBs]
    s0            address space 0       [[pid, ...], asid, frame of the root table, levels]
    r0:12000      a region of space 0   [end, rights, shared, kind]
    e0:0:12000    an entry of a table   [frame, flags, 1 where it leads to a table]; space, level of the table, address
    t0:l1d:...    an entry of a TLB     [frame, flags, kind, everywhere]; hart, TLB, ASID, address, size
    f7            frame 7               [what it holds, references, level, [[space, address], ...], more owners]

Numbers in keys are hexadecimal where they are addresses.
"""

from collections.abc import Callable, Iterator
from typing import Any

from emulator.observe.story import KINDS, flags_of, permissions_of
from emulator.state import Frame, Hart, Kind, Process, State, Table, Thread, TlbEntry

MOST_OWNERS = 16  # of a frame that are named

Records = dict[Any, Any]
View = dict[str, Records]  # records of a state by kind of part and key


def view_of(state: State) -> View:
    """Return the records of `state` by kind and key."""
    return {
        "p": {process.pid: _process(process) for process in state.processes},
        "q": {thread.tid: _thread(process, thread) for process in state.processes for thread in process.threads},
        "h": {hart.number: _hart(hart) for hart in state.harts},
        "s": {space.number: (space.pids, space.asid, space.root.frame, space.root.level) for space in state.spaces},
        "r": {(space.number, region.start): region for space in state.spaces for region in space.regions},
        "e": dict(entry for space in state.spaces for entry in _entries(space.number, space.root)),
        "t": {
            (hart.number, entry.tlb, entry.asid, entry.va, entry.size): entry
            for hart in state.harts
            for entry in hart.entries
            if entry.kind is not Kind.GHOST
        },
        "f": {frame.number: frame for frame in state.frames},
    }


def changes(before: View, after: View) -> dict[str, Any]:
    """Return what is new or different in `after`, ready for JSON, by key; None for what is gone."""
    found: dict[str, Any] = {}
    for kind, (name, value) in PARTS.items():
        old, new = before.get(kind, {}), after[kind]
        for key, record in new.items():
            known = old.get(key)
            if known is not record and known != record:
                found[kind + name(key)] = value(record)
        for key in old.keys() - new.keys():
            found[kind + name(key)] = None
    return found


def _entries(space: int, root: Table) -> Iterator[tuple[tuple[int, int, int], tuple[Any, ...]]]:
    for table in root.tables():
        for entry in table.entries:
            yield (space, table.level, entry.va), (entry.frame, entry.rights, entry.table is not None)


def _tlb_name(key: tuple[Any, ...]) -> str:
    hart, tlb, asid, va, size = key
    return f"{hart}:{tlb}:{asid}:{va:x}:{size:x}"


def _process(process: Process) -> tuple[Any, ...]:
    place = process.parent, process.program, process.image, process.life, process.space
    return *place, process.status, process.signal


def _thread(process: Process, thread: Thread) -> tuple[Any, ...]:
    return process.pid, thread.state, thread.waits_for, thread.hart


def _hart(hart: Hart) -> tuple[int, ...]:
    return hart.pid, hart.tid, hart.asid, sum(entry.kind is Kind.GHOST for entry in hart.entries)


def _space(found: tuple[Any, ...]) -> list[Any]:
    pids, asid, root, level = found
    return [list(pids), asid, root, level + 1]


def _region(region: Any) -> list[Any]:
    kind = KINDS.get(region.kind, "unmapped, held until TLBs have dropped it")
    return [f"{region.end:x}", permissions_of(region.rights), int(region.shared), kind]


def _entry(found: tuple[Any, ...]) -> list[Any]:
    frame, rights, leads = found
    return [frame, "" if leads else flags_of(rights), int(leads)]


def _tlb(entry: TlbEntry) -> list[Any]:
    flags = flags_of(entry.rights) if entry.rights else ""
    return [entry.frame, flags, entry.kind.value, int(entry.everywhere)]


def _frame(frame: Frame) -> list[Any]:
    named = [[owner.space, f"{owner.va:x}"] for owner in frame.owners[:MOST_OWNERS]]
    return [frame.holds.value, frame.refs, frame.level, named, len(frame.owners) - len(named)]


PARTS: dict[str, tuple[Callable[[Any], str], Callable[[Any], list[Any]]]] = {
    "p": (str, list),
    "q": (str, list),
    "h": (str, list),
    "s": (str, _space),
    "r": (lambda key: f"{key[0]}:{key[1]:x}", _region),
    "e": (lambda key: f"{key[0]}:{key[1]}:{key[2]:x}", _entry),
    "t": (_tlb_name, _tlb),
    "f": (str, _frame),
}
