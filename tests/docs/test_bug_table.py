"""The table of wrong kernels in docs/stale-entries.md: some rows once more, as all take half a minute."""

import pytest

from docs.readme import SLOW_PAGES, blocks, command_of, printed

pytestmark = pytest.mark.unbalanced  # a stale entry may write to a page table

(TABLE,) = blocks(SLOW_PAGES[0].read_text(encoding="utf-8"), "console")


def rows_of(text):
    """The cells of each line."""
    return [line.split() for line in text.splitlines()]


@pytest.mark.parametrize("bug", ["rollover-no-flush", "lost-holder"])
def test_the_rows_of_a_mistake_are_what_the_command_prints(bug):
    shown = [row for row in rows_of(TABLE.text) if row[0] == bug]
    now = [row for row in rows_of(printed(f"{command_of(TABLE)} --only {bug}")) if row[0] == bug]
    assert len(shown) == 2
    assert shown == now, "docs/stale-entries.md is stale: run `make bugs`"


def test_no_data_were_wrong_without_a_flag():
    assert TABLE.text.splitlines()[-1].endswith("data were wrong without a flag in none")
