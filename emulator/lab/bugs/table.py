"""Tallies as a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from emulator.lab.bugs.kernel import BY_BUG, NONE, TLBS
from emulator.lab.bugs.measure import Tally
from emulator.lab.bugs.memory import Caught
from emulator.observe.story import plural
from emulator.observe.tables import table

CANNOT = "-: this mistake is one of walks that nobody has asked for, which the TLB `lru` does not begin"


def bug_table(tallies: Sequence[Tally]) -> Table:
    """Return one line a kernel and kind of TLB, with those that cannot show it."""
    rows = table("bug", "TLB", "program", ">runs", ">flagged", ">named right", ">wrong data", ">wrong, not flagged")
    known = {(tally.bug, tally.tlb): tally for tally in tallies}
    for bug in dict.fromkeys(tally.bug for tally in tallies):
        stages = BY_BUG[bug].stages
        shown = "all of these" if bug == NONE else str(stages[0])
        for tlb in TLBS:
            counts = "-", "-", "-", "-", "-"
            if (bug, tlb) in known:
                counts = counts_of(known[bug, tlb])
            rows.add_row(bug, tlb, shown, *counts)
    return rows


def counts_of(tally: Tally) -> tuple[str, str, str, str, str]:
    """Return the counts of a line; the right kernel makes no mistake that could be named."""
    named = "-" if tally.bug == NONE else str(tally.named)
    return str(tally.runs), str(tally.flagged), named, str(tally.wrong), str(tally.silent)


def memory_table(found: Sequence[Caught]) -> Table:
    """Return one line a kernel that is wrong in keeping memory: in how many runs each check has found something."""
    rows = table("bug", "program", ">runs", ">data", ">promises", ">balance", ">stale")
    for row in found:
        counts = (row.runs, row.data, row.promises, row.balance, row.stale)
        rows.add_row(row.bug, row.program or "all of these", *map(str, counts))
    return rows


def memory_verdict(found: Sequence[Caught]) -> str:
    """Return the last line: which mistakes nothing has found."""
    missed = [row.bug for row in found if row.bug != NONE and row.fails]
    lines = [f"{plural(len(found), 'kernel')}: {', '.join(missed) or 'no mistake'} went unnoticed"]
    if any(row.bug == NONE and row.fails for row in found):
        lines.append("something was found wrong with the right kernel")
    return "".join(f"{line}\n" for line in lines)


def verdict(tallies: Sequence[Tally]) -> str:
    """Return the last lines: why counts are missing, and what it comes to."""
    runs, silent = sum(tally.runs for tally in tallies), sum(tally.silent for tally in tallies)
    lines = [f"{runs:,} runs: data were wrong without a flag in {silent or 'none'}"]
    if any(BY_BUG[tally.bug].tlbs != TLBS for tally in tallies):
        lines.insert(0, CANNOT)
    if any(tally.bug == NONE and tally.fails for tally in tallies):
        lines.append("the right kernel was flagged, or wrong")
    return "".join(f"{line}\n" for line in lines)


def as_json(rows: Sequence[Tally | Caught]) -> str:
    """Return the rows of both tables as JSON."""
    return json.dumps([asdict(row) for row in rows], indent=2) + "\n"
