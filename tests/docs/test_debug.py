"""The sessions that docs/debug.md shows are what gdb prints."""

import pytest

from docs.readme import blocks
from docs.sessions import LANGUAGES, PAGE, session
from tests.debug.gdb import needs_gdb

pytestmark = needs_gdb


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_session_goes_as_the_page_shows(language):
    (block,) = blocks(PAGE.read_text(encoding="utf-8"), language)
    assert block.text == session(block), "run `python -m docs.sessions`"
