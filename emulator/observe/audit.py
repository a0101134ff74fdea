"""What an audit of another kernel's log found: a paragraph for each missing flush, a line for each place of fences.

missing flush   no flush   hart 0   store   va 0x4008   pc 0x104   record 10
  granted  page 0x80010000 rw-uad, remembered by hart 0 since record 8
  memory   r--uad
  culprit  record 9: hart 0 wrote PTE 0x80003020, rw-uad -> r--uad; pc 0x200
  flush    record 12, too late
"""

import json
from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from emulator.audit import Audit
from emulator.audit.fences import Tally
from emulator.audit.finding import Finding, Switch
from emulator.audit.record import Kind
from emulator.base.bits import R, V, W, X
from emulator.base.kernel_names import Mistake
from emulator.observe.story import address, flags_of, plural
from emulator.observe.tables import table

SHOWN = 20  # findings, and places of needless fences, that a report shows; JSON has all
LABEL_WIDTH = 9
SEPARATOR = "   "
SHORT = {
    Mistake.NO_FLUSH: "no flush",
    Mistake.LATE_FLUSH: "late flush",
    Mistake.EARLY_FLUSH: "flush before the write",
    Mistake.MADE_FIRST: "another frame installed before the flush",
    Mistake.FREED_FIRST: "frame freed before the flush",
    Mistake.HANDED_OUT: "frame handed out again before the flush",
    Mistake.ASID_REUSED: "ASID reused without a flush",
}
FATES = {Mistake.FREED_FIRST: "given back", Mistake.HANDED_OUT: "another's"}
KINDS = {Kind.LOAD: "load", Kind.STORE: "store", Kind.FETCH: "fetch", Kind.FREE: "free"}


def audit_report(audit: Audit) -> Iterator[RenderableType]:
    """Yield the report of an audit: its missing flushes, its needless fences, and what the log was."""
    findings = audit.findings.sorted()
    for finding in findings[:SHOWN]:
        yield paragraph(finding)
        yield Text()
    more = len(findings) - SHOWN + audit.findings.left_out
    if more > 0:
        yield Text(f"and {more:,} more (--json tells of {len(findings):,})\n", style="dim")
    places = needless(audit)
    if places:
        rows = table("fence at", ">fences", ">needless", ">nothing had changed")
        for pc, tally in places[:SHOWN]:
            rows.add_row(place(pc), f"{tally.fences:,}", f"{tally.needless:,}", f"{tally.unchanged:,}")
        yield rows
        if len(places) > SHOWN:
            yield Text(f"{plural(len(places) - SHOWN, 'more place')} (--json tells of all)", style="dim")
        yield Text()
    yield Text(summary(audit), style="bold")


def summary(audit: Audit) -> str:
    """Return what was read and found in one line."""
    findings = audit.findings.sorted()
    uses = sum(finding.uses for finding in findings)
    missing = len(findings) + audit.findings.left_out
    parts = [
        f"{audit.number:,} records of {plural(len(audit.harts), 'hart')}",
        f"{missing:,} missing flush{'' if missing == 1 else 'es'}" + (f" in {plural(uses, 'use')}" if missing else ""),
        f"{audit.fences.all.needless:,} of {plural(audit.fences.all.fences, 'fence')} needless",
    ]
    if audit.unexplained:
        first = f"the first is record {audit.first_unexplained}"
        parts.append(f"{audit.unexplained:,} of {audit.accesses:,} accesses granted by no PTE in the log ({first})")
    return "; ".join(parts)


def needless(audit: Audit) -> list[tuple[int, Tally]]:
    """Return the places of needless fences, those with most of them first."""
    places = [(pc, tally) for pc, tally in audit.fences.by_place.items() if tally.needless]
    return sorted(places, key=lambda row: (-row[1].needless, row[0]))


def place(pc: int) -> str:
    """Return a pc for people."""
    return address(pc) if pc >= 0 else "pc not given"


def paragraph(finding: Finding) -> Text:
    """Return what is known of one missing flush."""
    use = finding.use
    title = (
        "missing flush",
        SHORT[finding.named],
        f"hart {use.hart}",
        KINDS[Kind(use.kind)],
        f"va {address(use.va)}",
        *([f"pc {address(use.pc)}"] if use.pc >= 0 else []),
        f"record {use.number}",
    )
    text = Text(SEPARATOR.join(title), style="bold red")
    for label, words in _rows(finding).items():
        text.append(f"\n  {label.ljust(LABEL_WIDTH)}", style="not bold dim")
        text.append(words, style="not bold default")
    return text


def _rows(finding: Finding) -> dict[str, str]:
    held, memory = finding.held, finding.memory
    rows = {"granted": f"page {address(held.leaf.page)} {flags_of(held.leaf.rights)}, {_since(finding)}"}
    rows["memory"] = "not present"
    if memory is not None:
        elsewhere = f"page {address(memory.page)} " if memory.page != held.leaf.page else ""
        rows["memory"] = f"{elsewhere}{flags_of(memory.rights)}"
    rows["culprit"] = culprit(finding)
    if finding.named == Mistake.EARLY_FLUSH:
        rows["flush"] = f"record {finding.fence}, before the write"
    else:
        rows["flush"] = f"record {finding.fence}, too late" if finding.fence else "none in this log"
    if finding.frame:
        rows["frame"] = f"{FATES[finding.mistake]} since record {finding.frame}"
    if finding.uses > 1:
        rows["times"] = f"{finding.uses:,} uses of {finding.entries:,} {'entry' if finding.entries == 1 else 'entries'}"
    return rows


def _since(finding: Finding) -> str:
    what = f"through a pointer to the table at {address(finding.held.table)}, " if finding.held.table else ""
    return f"{what}remembered by hart {finding.held.hart} since record {finding.held.filled}"


def culprit(finding: Finding) -> str:
    """Return which record made the entry and memory differ, in words."""
    by = finding.culprit
    at = f"; pc {address(by.pc)}" if by.pc >= 0 else ""
    if isinstance(by, Switch):
        return f"record {by.number}: hart {by.hart} entered {by.after}; the entry is of {by.before}{at}"
    before, after = (pte_words(pte) for pte in (by.before, by.value))
    was, now = by.pages
    frames = f", page {address(was)} -> {address(now)}" if by.before & by.value & V and was != now else ""
    return f"record {by.number}: hart {by.hart} wrote PTE {address(by.place)}, {before} -> {after}{frames}{at}"


def pte_words(pte: int) -> str:
    """Return what a PTE grants, or that it is a pointer."""
    return "pointer" if pte & V and not pte & (R | W | X) else flags_of(pte)


def audit_data(audit: Audit, error: str | None) -> dict[str, Any]:
    """Return an audit as plain data; `error` is what ended it before its log did."""
    return {
        "complete": error is None,
        "error": error,
        "records": audit.number,
        "harts": len(audit.harts),
        "spaces": len(audit.spaces),
        "accesses": audit.accesses,
        "unexplained": {"accesses": audit.unexplained, "first": audit.first_unexplained or None},
        "missing": [_finding_data(finding) for finding in audit.findings.sorted()],
        "missing_left_out": audit.findings.left_out,
        "fences": {
            **vars(audit.fences.all),
            "needless_at": [{"pc": pc if pc >= 0 else None, **vars(tally)} for pc, tally in needless(audit)],
        },
    }


def _finding_data(finding: Finding) -> dict[str, Any]:
    use, held, memory, by = finding.use, finding.held, finding.memory, finding.culprit
    data: dict[str, Any] = {
        "mistake": finding.named.name.lower(),
        "access": KINDS[Kind(use.kind)],
        "record": use.number,
        "hart": use.hart,
        "va": use.va,
        "pc": use.pc if use.pc >= 0 else None,
        "uses": finding.uses,
        "entries": finding.entries,
        "granted": {
            "hart": held.hart,
            "page": held.leaf.page,
            "pte": held.leaf.pte,
            "filled": held.filled,
            "table": held.table or None,
        },
        "memory": None if memory is None else {"page": memory.page, "pte": memory.pte},
        "culprit": {"record": by.number, "hart": by.hart, "pc": by.pc if by.pc >= 0 else None},
        "fence": finding.fence or None,
        "frame": finding.frame or None,
    }
    if isinstance(by, Switch):
        data["culprit"] |= {"satp": by.after.number, "before": by.before.number}
    else:
        data["culprit"] |= {"pte": by.place, "before": by.before, "after": by.value}
    return data


def as_json(audit: Audit, error: str | None) -> str:
    """Return an audit as JSON."""
    return json.dumps(audit_data(audit, error), indent=2) + "\n"
