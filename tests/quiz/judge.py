"""Whether an answer is true, judged by what runs have left behind: their events, counters and invalidations.

It shares no code with what makes the questions, and reads the answers as a person does, as text.
"""

import re

import numpy as np

from emulator.base.bits import PAGE_BYTES, W
from emulator.base.names import Access, Cost, Event, Fault, Found
from emulator.observe.story import flags_of

ZERO_FRAME = 1
FATAL = (Event.REFUSED, Event.OUT_OF_MEMORY)
FAULTS = range(Event.COPY, Event.OUT_OF_MEMORY + 1)


def is_true(runs, question, text):
    """Whether `text` is a true answer to `question`."""
    # events are numbered from 1
    event = None if question.event is None else runs.result.events[question.event - 1]
    return JUDGES[question.kind](runs, question, event, text)


def page_in(words):
    """The page that a question is about."""
    return int(re.search(r"page\s+at\s+(0x[0-9a-f]+)", words)[1], 16)


def fault(runs, question, event, text):
    if event is None:
        return text == "It does not fault." and not _faulted(runs.result, question.text)
    cause, kind = event["fault"], event["kind"]
    mended = kind not in FATAL
    return {
        "It does not fault.": False,
        "no page is there yet": cause == Fault.NOT_PRESENT and mended,
        "the PTE is read-only, although": cause == Fault.WRITE_PROTECTED and bool(event["region_prot"] & W) and mended,
        "the region does not grant": kind == Event.REFUSED and event["region_end"] > 0,
        "no region holds": kind == Event.REFUSED and event["region_end"] == 0,
        "the TLB still has": kind == Event.SPURIOUS,
        "the page is shared, and is copied": kind == Event.COPY and event["access"] == Access.LOAD,
    }[_known(text, fault.words)]


fault.words = (
    "It does not fault.",
    "no page is there yet",
    "the PTE is read-only, although",
    "the region does not grant",
    "no region holds",
    "the TLB still has",
    "the page is shared, and is copied",
)


def _faulted(result, words):
    """Whether the access that a question describes has left a fault."""
    pid, line = re.match(r"pid (\d+).*? runs \S+?:(\d+),", words).groups()
    events = result.events
    for event in events[np.isin(events["kind"], list(FAULTS)) & (events["usercopy"] == 0)]:
        at = result.images[event["image"]].source_map.line_at(int(event["pc"]))
        there = int(event["va"]) // PAGE_BYTES * PAGE_BYTES == page_in(words)
        if event["pid"] == int(pid) and there and at is not None and at.number == int(line):
            return True
    return False


def _known(text, words):
    return next(known for known in words if known in text)


def decision(runs, question, event, text):
    before, after, cost = event["frame_before"], event["frame_after"], event["cost"]
    copied = cost[Cost.KERNEL_COPY] > 0
    had, flags = (_flags(runs, event, name) for name in ("pte_before", "pte_after"))
    own = after not in (before, ZERO_FRAME) and flags != "not present" and not event["region_shared"]
    return {
        "copies the page into it": copied and own,
        "makes the PTE writable again": before == after and "w" in flags and "w" not in had,
        "fills it with zeros": not copied and own,
        "maps the one page of zeros": after == ZERO_FRAME != before,
        "maps the one that all share": bool(event["region_shared"]) and after > 0,
        "sends a signal": event["kind"] == Event.REFUSED,
    }[_known(text, decision.words)]


decision.words = (
    "copies the page into it",
    "makes the PTE writable again",
    "fills it with zeros",
    "maps the one page of zeros",
    "maps the one that all share",
    "sends a signal",
)


def _flags(runs, event, name):
    return flags_of(runs.result.rights_of(event[name]))


def frame(runs, question, event, text):
    after = int(event["frame_after"])
    if text == "One that was free until then.":
        return event["cost"][Cost.KERNEL_ALLOC] > 0 and after not in (event["frame_before"], ZERO_FRAME)
    if text == "The one page of zeros, which all share.":
        return after == ZERO_FRAME
    if text == "None.":
        return after == 0
    named, others = re.fullmatch(r"(0x\w+), as before(; the others get another one)?\.", text).groups()
    return after == int(named, 16) and (others is None or event["cost"][Cost.KERNEL_COPY] > 0)


def owners(runs, question, event, text):
    given_up = event["frame_after"] != event["frame_before"]
    before, after = map(int, re.fullmatch(r"(\d+) owners? before, (\d+) after\.", text).groups())
    return (before, after) == (event["owners"], event["owners"] - given_up)


def flags(runs, question, event, text):
    return text == _flags(runs, event, "pte_after")


def restart(runs, question, event, text):
    found = event["restart_found"]
    walk = re.search(r"walks (\d+) PTEs?", text)
    if walk:
        return found == Found.WALK and event["restart_reads"] == int(walk[1])
    if "hits the second" in text:
        return found == Found.L2
    return "hits the first-level TLB, and" in text and found == Found.L1


def _ledger(runs, event):
    first = int(event["invalidation"])
    return runs.result.invalidations[first : first + int(event["invalidations"])]


def flush(runs, question, event, text):
    rows = _ledger(runs, event)
    if text.startswith("None"):
        return text == "None." and not len(rows)
    if text == "All entries of its address space.":
        return len(rows) == 1 and rows[0]["pages"] == 0 and "full" not in runs.result.settings["flush"]
    many = re.fullmatch(r"The entries of (\d+) pages from (0x\w+) on\.", text)
    if many:
        return len(rows) == 1 and (rows[0]["pages"], rows[0]["va"]) == (int(many[1]), int(many[2], 16))
    one = re.fullmatch(r"The entry of the page at (0x\w+)\.", text)
    return (
        bool(one)
        and len(rows) == 1
        and rows[0]["pages"] == 1
        and int(one[1], 16) == (rows[0]["va"] // PAGE_BYTES * PAGE_BYTES)
    )


def harts(runs, question, event, text):
    (row,) = _ledger(runs, event)
    told = {32 * place + bit for place, word in enumerate(row["harts"]) for bit in range(32) if int(word) >> bit & 1}
    if text == "No other hart.":
        return not told
    named = {int(number) for number in re.findall(r"hart (\d+)", text.lower().partition(", and this hart")[0])}
    return named == told and ("waits" in text) == (row["wait"] > 0)


def number(text):
    """How many pages or faults an answer speaks of."""
    return 0 if text == "None." else int(re.fullmatch(r"(\d+) (?:page|fault|time|PTE)s?\.", text)[1])


def counted(*names, of="result"):
    """A judge of numbers that are sums of counters."""
    return lambda runs, _, __, text: number(text) == sum(getattr(runs, of).counters[name] for name in names)


def before_exec(runs, question, event, text):
    events = runs.result.events[: question.event - 1]
    return number(text) == sum((events["pid"] == event["pid"]) & (events["kind"] == Event.COPY))


def order(runs, question, event, text):
    here, there = runs.result, runs.reordered
    prints = (here.stdout, here.exit_status, here.ended) != (there.stdout, there.exit_status, there.ended)
    pays = _payers(here) != _payers(there)
    said = {"Neither": (False, False), "What": (True, False), "Who": (False, True), "Both": (True, True)}
    return said[text.split()[0]] == (prints, pays)


def _payers(result):
    return sorted((int(it["pid"]), int(it["kind"])) for it in result.events if it["kind"] in (Event.COPY, Event.REUSE))


JUDGES = {
    "fault": fault,
    "decision": decision,
    "frame": frame,
    "owners": owners,
    "flags": flags,
    "restart": restart,
    "flush": flush,
    "harts": harts,
    "faults": counted("fault.total"),
    "misses": counted("tlb.l1d.misses"),
    "reads": counted("walk.references"),
    "copies": counted("cow.copies", "fork.eager_copies"),
    "eager": counted("cow.copies", "fork.eager_copies", of="eager"),
    "exec": before_exec,
    "left": counted("frames.leaked"),
    "order": order,
}
