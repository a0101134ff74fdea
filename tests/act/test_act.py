"""The virtual-memory cases of riscv-arch-test: each gives what its rule says, and as many faults as the original."""

import pytest

from tests.act.cases import CASES
from tests.act.run import run

TRIED = [(case, paging) for case in CASES if case.pages or case.script for paging in case.formats]


@pytest.mark.parametrize(("case", "paging"), TRIED, ids=[f"{paging}_{case.file}" for case, paging in TRIED])
def test_a_case_is_answered_as_its_rule_says(case, paging):
    outcome = run(case, paging)
    if paging in case.faults:
        assert outcome.refused == case.faults[paging]


def test_every_case_is_tried_or_says_why_not():
    assert all(case.pages or case.script or case.left for case in CASES)


def test_every_case_cites_a_rule_unless_it_is_left_out():
    assert all(case.rules or case.left for case in CASES)
