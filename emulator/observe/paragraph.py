"""The paragraph of a fault: its rows follow the road of one (F2, F3), as the head of `explain` shows."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from rich.text import Text

from emulator.base.kernel_names import RegionKind
from emulator.base.names import FAULTS, Access, Cost, Event, Fault, Found, Privilege
from emulator.observe import flush_words, story
from emulator.observe.place import Place
from emulator.observe.scene import Scene
from emulator.observe.story import address, flags_of, plural
from emulator.paging.modes import MODES
from emulator.result import Result


class Paragraph(NamedTuple):
    """What is told of a fault: the parts of its title, its colour, and its rows by label, none of them empty."""

    title: tuple[str, ...]
    style: str
    rows: Mapping[str, str]


def paragraph(scene: Scene, place: int, number: int) -> Text:
    """Return the paragraph of the fault that is event `place` of the run, its `number`-th fault."""
    told = told_of(scene, place, number)
    text = Text()
    text.append(story.SEPARATOR.join(told.title), style=f"bold {told.style}")
    for label, words in told.rows.items():
        text.append(f"\n  {label.ljust(story.LABEL_WIDTH)}", style="dim")
        text.append(words)
    return text


def told_of(scene: Scene, place: int, number: int) -> Paragraph:
    """Return what is told of the fault that is event `place` of the run, its `number`-th fault."""
    event = scene.result.events[place]
    told = story.OUTCOMES[int(event["kind"])]
    access = Access(int(event["access"]))
    where = scene.place(event)
    title = [f"fault {number}", story.ACCESSES[access], *scene.who(event), where.where, where.text]
    title.append(f"va {address(int(event['va']))}")
    rows = {
        "kernel": KERNEL_ACCESS if event["usercopy"] else "",
        "tlb": _look_up(scene.result, event),
        "check": _check(scene.result, event, access),
        "region": _region(event, access),
        "frame": f"{_owners(event)}: {told.decision}" if told.decision else "",
        "table": TABLE if event["tables"] else "",
        "split": SPLIT if event["value"] else "",
        "done": told.done.format(
            before=address(int(event["frame_before"])),
            after=address(int(event["frame_after"])),
            pte=_pte_change(scene.result, event),
            flushed=_flushed(event),
        ),
        "harts": ", ".join(flush_words.told(scene.flushes_of([place]))),
        "cost": scene.cost([place]),
        "restart": _restart(scene.result, place, where, access),
    }
    return Paragraph(tuple(filter(None, title)), told.style, {label: words for label, words in rows.items() if words})


IN_NEXT_TURN = "runs again when its hart is next: this turn was over"  # it waited for others so long
TABLE = "others share its page table: a copy comes first, read-only on both sides"
SPLIT = "its page of 2 MiB becomes 512 small ones in this address space; other ones keep it whole"
HANDLED = "the program's handler comes first; returning from it runs the instruction again"
PAST_END = ", but beyond the end of its file, so the signal is SIGBUS (F133)"
KERNEL_ACCESS = "the kernel made this access for the process's system call; the same rules hold (F66)"


def _look_up(result: Result, event: Any) -> str:
    """Say what the TLB, and the walk after it, had for the address."""
    found = Found(int(event["found"]))
    failed = story.WALKS_THAT_FAILED.get(Fault(int(event["fault"])))
    if failed and found in (Found.NOWHERE, Found.WALK):
        return failed
    flags = flags_of(result.rights_of(event["pte_before"]))
    return story.LOOK_UPS[found].format(frame=address(int(event["frame_before"])), flags=flags)


def _check(result: Result, event: Any, access: Access) -> str:
    fault = Fault(int(event["fault"]))
    if fault == Fault.NONE:
        return ""
    architecture = MODES[result.settings["paging"]].architecture
    cause, rules = architecture.cause(fault, access, Privilege.USER), architecture.rules(fault)
    return f"{FAULTS[fault].meaning}: {fault.name} (cause {cause}, {rules})"


def _region(event: Any, access: Access) -> str:
    """Say what the region grants: what decides between mending the fault and a signal (F2)."""
    if not event["region_end"]:
        return story.NO_REGION
    prot = int(event["region_prot"])
    granted = "" if prot & story.NEEDED[access] else "not "
    sharing = "shared" if event["region_shared"] else "private"
    past_end = PAST_END if event["kind"] == Event.REFUSED and event["value"] else ""
    return (
        f"{address(int(event['region_start']))}-{address(int(event['region_end']))} {story.permissions_of(prot)} "
        f"{sharing} {story.KINDS[RegionKind(int(event['region_kind']))]}: {granted}{story.GRANTED[access]}{past_end}"
    )


def _owners(event: Any) -> str:
    """Say which frame stood there before, and who refers to it (F61)."""
    before, owners = int(event["frame_before"]), int(event["owners"])
    if not before:
        return "none yet"
    if event["kind"] in (Event.ZERO_FILL, Event.HUGE_FILL):
        page = "huge page" if event["kind"] == Event.HUGE_FILL else "page"
        return f"{address(before)} is the {page} of zeros, nobody's own"
    pids = [f"pid {pid}" for pid in event["sharers"] if pid]
    if pids and owners > len(pids):
        pids.append(f"{owners - len(pids)} more")
    named = f" ({', '.join(pids)})" if pids else ""
    return f"{address(before)} has {plural(owners, 'owner')}{named}"


def _pte_change(result: Result, event: Any) -> str:
    before, after = (flags_of(result.rights_of(event[name])) for name in ("pte_before", "pte_after"))
    if event["kind"] in (Event.SWAP_IN, Event.SWAP_MAP):
        before = "of a swap slot"
    return f"PTE {before} -> {after}"


def _flushed(event: Any) -> str:
    """Say what was invalidated."""
    if event["pages"]:
        return f"; {plural(int(event['pages']), 'page')} invalidated"
    return "; the whole address space invalidated" if event["cost"][Cost.FLUSH_LOCAL] else ""


def _restart(result: Result, place: int, where: Place, access: Access) -> str:
    """Say how the same instruction fared when it ran again (F3, F50)."""
    event = result.events[place]
    if int(event["kind"]) in story.FATAL:
        following = result.events[place + 1 :]
        handled = following[(following["tid"] == event["tid"]) & (following["pid"] == event["pid"])][:1]
        return HANDLED if len(handled) and int(handled[0]["kind"]) == Event.HANDLER else ""
    if event["usercopy"]:
        return "the system call goes on"
    found = Found(int(event["restart_found"]))
    if found in story.RESTARTS:
        reads = plural(int(event["restart_reads"]), "read")
        return f"{where.subject} runs again: {story.RESTARTS[found].format(reads=reads)}, {story.COMPLETED[access]}"
    after = result.events[place + 1 :]
    for later in after:
        if later["pid"] == event["pid"] and int(later["kind"]) in story.OUTCOMES:
            if later["pc"] == event["pc"]:
                return f"{where.subject} runs again and faults again, at va {address(int(later['va']))}"
            break
    went_on = (after["tid"] == event["tid"]) & (after["kind"] != Event.SIGNAL)
    return f"{where.subject} {IN_NEXT_TURN if went_on.any() else 'did not run again'}"
