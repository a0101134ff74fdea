"""Mistakes of kernels that were reported in public, as logs, and each put right: logs/ says where they come from."""

from pathlib import Path

import pytest

from emulator.audit import Audit, open_log

LOGS = Path(__file__).with_name("logs")
FOUND = {  # mistake, record that shows it, culprit, entries: as the comment in each log says
    "downgrade": [("no_flush", 13, 11, 2)],
    "mremap": [("freed_first", 17, 13, 1), ("handed_out", 19, 13, 1)],
    "grant": [("handed_out", 20, 15, 1)],
    "asid": [("asid_reused", 15, 14, 1)],
    "table": [("no_flush", 16, 11, 1)],
}


def audit_of(name):
    audit = Audit()
    with open(LOGS / f"{name}.log", "rb") as file:
        audit.feed(open_log(file).rows)
    return audit


@pytest.mark.parametrize("name", FOUND)
def test_the_mistake_is_found_with_its_culprit(name):
    findings = audit_of(name).findings.sorted()
    assert [
        (finding.named.name.lower(), finding.use.number, finding.culprit.number, finding.entries)
        for finding in findings
    ] == FOUND[name]


@pytest.mark.parametrize("name", FOUND)
def test_nothing_is_found_once_it_is_put_right(name):
    audit = audit_of(f"{name}-fixed")
    assert audit.findings.sorted() == []
    assert audit.fences.all.needless == 0
    assert audit.unexplained == 0
