"""The story of a run: one paragraph for each fault, one line for each fork, exec, exit and fatal signal.

    fault 3   store   pid 2   child_writes_first.s:31   sd t3, 8(t1)   va 0x3fb7a008
      tlb      L1 hit, frame 0x214, r--uad
      check    a write to a read-only page: WRITE_PROTECTED (cause 15, F15)
      region   0x3fb7a000-0x3fb84000 rw- private anonymous: supposed to be writable
      frame    0x214 has 2 owners (pid 1, pid 2): copy
      done     0x214 -> 0x231, 4096 bytes copied; PTE r--uad -> rw-uad; 1 page invalidated
      cost     1914 cycles: trap 130, region 60, alloc 90, copy 1300, pte 34, flush 120, return 180
      restart  line 31 runs again: TLB miss, walk of 3 reads, stored

The rows follow the road of a fault (F2, F3): what the hardware found, what the kernel decided and why, what it did, and
that the same instruction ran again. The words stand in `story`. Stale TLB entries that were used come last (`stale`).
"""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from emulator.base.names import COSTS, FAULTS, Access, Cost, Event, Fault, Found, RegionKind, cause_of
from emulator.observe import story
from emulator.observe.place import Place, place_of
from emulator.observe.report import costs_table, headline, process_table, program_name
from emulator.observe.stale import stale_uses
from emulator.observe.story import address, flags_of, plural
from emulator.result import Result

LABEL_WIDTH = 9
SEPARATOR = "   "
INSTRUCTION_BYTES = 4


def explain(result: Result, limit: int | None = None) -> Iterator[RenderableType]:
    """Yield the story of `result` piece by piece, then its processes and its costs.

    At most `limit` paragraphs and lines are told; a last line says how many are left. The tables are always whole.
    """
    told, left, faults = 0, 0, 0
    for place, event in enumerate(result.events):
        faults += int(event["kind"]) in story.OUTCOMES
        if not (int(event["kind"]) in story.OUTCOMES or int(event["kind"]) in LINES):
            continue
        if limit is not None and told >= limit:
            left += 1
            continue
        told += 1
        if int(event["kind"]) in story.OUTCOMES:
            yield paragraph(result, place, faults)
            yield Text()
        else:
            yield line(result, event)
            yield Text()
    if left:
        yield Text(f"{plural(left, 'more event')} not told: --limit {limit}", style="dim")
        yield Text()
    for text in stale_uses(result):
        yield text
        yield Text()
    yield Text(headline(result), style="bold")
    yield Text()
    yield process_table(result)
    yield Text()
    yield costs_table(result)


def paragraph(result: Result, place: int, number: int) -> Text:
    """Return the paragraph of the fault that is event `place` of `result`, the `number`-th fault of the run."""
    event = result.events[place]
    told = story.OUTCOMES[int(event["kind"])]
    access = Access(int(event["access"]))
    where = place_of(_program(result, event), _instruction_of(event))
    title = [f"fault {number}", story.ACCESSES[access], f"pid {event['pid']}", where.where, where.text]
    text = Text()
    text.append(SEPARATOR.join([*filter(None, title), f"va {address(int(event['va']))}"]), style=f"bold {told.style}")
    rows = {
        "kernel": KERNEL_ACCESS if event["usercopy"] else "",
        "tlb": _look_up(event),
        "check": _check(event, access),
        "region": _region(event, access),
        "frame": f"{_owners(event)}: {told.decision}" if told.decision else "",
        "done": told.done.format(
            before=address(int(event["frame_before"])),
            after=address(int(event["frame_after"])),
            pte=_pte_change(event),
            flushed=_flushed(event),
        ),
        "cost": _cost(event),
        "restart": _restart(result, place, where, access),
    }
    for label, words in rows.items():
        if words:
            text.append(f"\n  {label.ljust(LABEL_WIDTH)}", style="dim")
            text.append(words)
    return text


KERNEL_ACCESS = "the kernel made this access for the process's system call; the same rules hold (F66)"


def _program(result: Result, event: Any) -> Any:
    image = int(event["image"])
    return result.images[image] if 0 <= image < len(result.images) else None


def _instruction_of(event: Any) -> int:
    """Return the address of the instruction that led to an event: in a system call, PC is past its ECALL already."""
    in_call = event["usercopy"] or int(event["kind"]) in (Event.FORK, Event.EXIT)
    return int(event["pc"]) - (INSTRUCTION_BYTES if in_call else 0)


def _look_up(event: Any) -> str:
    """Say what the TLB, and the walk after it, had for the address."""
    found = Found(int(event["found"]))
    failed = story.WALKS_THAT_FAILED.get(Fault(int(event["fault"])))
    if failed and found in (Found.NOWHERE, Found.WALK):
        return failed
    before = int(event["pte_before"])
    return story.LOOK_UPS[found].format(frame=address(int(event["frame_before"])), flags=flags_of(before))


def _check(event: Any, access: Access) -> str:
    fault = Fault(int(event["fault"]))
    if fault == Fault.NONE:
        return ""
    row = FAULTS[fault]
    return f"{row.meaning}: {fault.name} (cause {cause_of(fault, access)}, {row.rule})"


def _region(event: Any, access: Access) -> str:
    """Say what the region grants: what decides between mending the fault and a signal (F2)."""
    if not event["region_end"]:
        return story.NO_REGION
    prot = int(event["region_prot"])
    granted = "" if prot & story.NEEDED[access] else "not "
    sharing = "shared" if event["region_shared"] else "private"
    return (
        f"{address(int(event['region_start']))}-{address(int(event['region_end']))} {story.permissions_of(prot)} "
        f"{sharing} {story.KINDS[RegionKind(int(event['region_kind']))]}: {granted}{story.GRANTED[access]}"
    )


def _owners(event: Any) -> str:
    """Say which frame stood there before, and who refers to it (F61)."""
    before, owners = int(event["frame_before"]), int(event["owners"])
    if not before:
        return "none yet"
    if event["kind"] == Event.ZERO_FILL:
        return f"{address(before)} is the page of zeros, nobody's own"
    pids = [f"pid {pid}" for pid in event["sharers"] if pid]
    if pids and owners > len(pids):
        pids.append(f"{owners - len(pids)} more")
    named = f" ({', '.join(pids)})" if pids else ""
    return f"{address(before)} has {plural(owners, 'owner')}{named}"


def _pte_change(event: Any) -> str:
    return f"PTE {flags_of(int(event['pte_before']))} -> {flags_of(int(event['pte_after']))}"


def _flushed(event: Any) -> str:
    """Say what was invalidated."""
    if event["pages"]:
        return f"; {plural(int(event['pages']), 'page')} invalidated"
    return "; the whole address space invalidated" if event["cost"][Cost.FLUSH_LOCAL] else ""


def _cost(event: Any) -> str:
    """Return the cycles of an event and of its phases, in the order of the table of costs."""
    cycles = [(row.name, int(spent)) for row, spent in zip(COSTS, event["cost"], strict=True) if spent]
    phases = ", ".join(f"{story.PHASES.get(name, name)} {spent:,}" for name, spent in cycles)
    total = sum(spent for _, spent in cycles)
    return f"{plural(total, 'cycle') if total < 1000 else f'{total:,} cycles'}{': ' if phases else ''}{phases}"


def _restart(result: Result, place: int, where: Place, access: Access) -> str:
    """Say how the same instruction fared when it ran again (F3, F50)."""
    event = result.events[place]
    if int(event["kind"]) in story.FATAL:
        return ""
    if event["usercopy"]:
        return "the system call goes on"
    found = Found(int(event["restart_found"]))
    if found in story.RESTARTS:
        reads = plural(int(event["restart_reads"]), "read")
        return f"{where.subject} runs again: {story.RESTARTS[found].format(reads=reads)}, {story.COMPLETED[access]}"
    for later in result.events[place + 1 :]:
        if later["pid"] == event["pid"] and int(later["kind"]) in story.OUTCOMES:
            if later["pc"] == event["pc"]:
                return f"{where.subject} runs again and faults again, at va {address(int(later['va']))}"
            break
    return f"{where.subject} did not run again"


def line(result: Result, event: Any) -> Text:
    """Return the one line of a fork, exec, exit or fatal signal."""
    kind = int(event["kind"])
    name = Event(kind).name.lower()
    where = place_of(_program(result, event), _instruction_of(event)) if kind != Event.EXEC else None
    title = [name, f"pid {event['pid']}", where.where if where else "", where.text if where else ""]
    text = Text()
    text.append(SEPARATOR.join(filter(None, title)), style="bold red" if kind == Event.SIGNAL else "bold")
    text.append(SEPARATOR + LINES[kind](result, event))
    cost = _cost(event)
    if sum(event["cost"]):
        text.append(SEPARATOR + cost, style="dim")
    return text


def _fork(_: Result, event: Any) -> str:
    if event["pages"]:
        return f"pid {event['value']} begins, {plural(int(event['pages']), 'page')} now read-only in both"
    copied = ", private pages copied" if event["cost"][Cost.KERNEL_COPY] else ""
    return f"pid {event['value']} begins{copied}"


def _exec(result: Result, event: Any) -> str:
    return f"runs {program_name(result, int(event['image']))} from its entry"


def _exit(_: Result, event: Any) -> str:
    return f"status {event['value']}"


def _signal(_: Result, event: Any) -> str:
    number = int(event["pages"])
    signal = story.SIGNALS.get(number)
    if signal is None:
        return f"killed by signal {number}"
    return f"killed by {signal.name} ({number}): {signal.reason.format(value=address(int(event['va'])))}"


LINES = {Event.FORK: _fork, Event.EXEC: _exec, Event.EXIT: _exit, Event.SIGNAL: _signal}


def quoted_output(result: Result) -> Iterator[Text]:
    """Yield what the program wrote, each line behind a bar, so that it cannot be taken for the story."""
    for name in ("stdout", "stderr"):
        text = getattr(result, name)
        if text:
            yield Text(f"\n{name}", style="bold")
            yield Text("\n".join(f"  | {part}" for part in text.splitlines()))
