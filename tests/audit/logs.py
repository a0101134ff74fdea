"""Logs for tests: written as lines, numbered here; a page table of one page per level from `ROOT` down."""

import io

from emulator.audit import Audit, open_log
from tests.pages import pte

ROOT, MIDDLE, LOW, PAGE, OTHER = 0x80001000, 0x80002000, 0x80003000, 0x80010000, 0x80011000
VA = 0x4000  # its PTE stands at `AT`
AT = LOW + (VA >> 12) * 8
RW, RO = "vrwuad", "vruad"


def text_of(*lines):
    """The bytes of a log of these records."""
    numbered = [f"{number} {line}" for number, line in enumerate(lines, 1)]
    return "\n".join(["pagewalk-log 1", *numbered, f"end {len(lines)}", ""]).encode()


def tables(root=ROOT, middle=MIDDLE, low=LOW):
    """Records that make an empty table, linked from the root down."""
    return [f"pte 0 {root:#x} {pte(middle, 'v'):#x}", f"pte 0 {middle:#x} {pte(low, 'v'):#x}"]


def maps(page, flags, at=AT, hart=0):
    """The record that makes the PTE at `at` map a page, or with no flags nothing."""
    return f"pte {hart} {at:#x} {pte(page, flags) if flags else 0:#x}"


def start(harts=1, flags=RW, asid=1):
    """Records of harts in one space, in which `VA` is mapped to `PAGE`."""
    return [
        *(f"hart {hart}" for hart in range(harts)),
        f"space 1 sv39 {ROOT:#x} {asid}",
        *tables(),
        maps(PAGE, flags),
        *(f"satp {hart} 1" for hart in range(harts)),
    ]


def audited(*lines):
    """The audit of a log of these records."""
    audit = Audit()
    audit.feed(open_log(io.BytesIO(text_of(*lines))).rows)
    return audit


def found(before, *lines):
    """What an audit finds: the mistake, the record that shows it and its culprit, counted from the end of `before`."""
    return [
        (finding.named.name.lower(), finding.use.number - len(before), finding.culprit.number - len(before))
        for finding in audited(*before, *lines).findings.sorted()
    ]
