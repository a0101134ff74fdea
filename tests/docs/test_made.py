"""The pages that are made from tables say what the tables say."""

from pathlib import Path

import pytest

from docs.made import PAGES
from emulator.kernel.syscalls import CALLS, ROWS
from emulator.world.log import EVENT, EVENT_FIELDS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_page_says_what_the_tables_say(name):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), f"docs/{name} is stale: run `make docs`"


def test_every_field_of_an_event_is_explained():
    assert EVENT.names == tuple(field.name for field in EVENT_FIELDS)
    assert all(field.meaning for field in EVENT_FIELDS)


def test_every_system_call_has_one_row():
    assert len(CALLS) == len(ROWS)


def test_every_system_call_says_what_it_does():
    assert all(call.meaning for call in CALLS.values())
