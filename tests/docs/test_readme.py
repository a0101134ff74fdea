"""What the README and other pages show is what happens."""

import doctest

import pytest

from docs.readme import PAGES, README, blocks, command_of, pictures, place, renewed

TEXTS = {path: path.read_text(encoding="utf-8") for path in PAGES}
SESSIONS = [
    (path, number)
    for path in (README, README.parent / "docs" / "translate.md")
    for number in range(len(blocks(TEXTS[path], "pycon")))
]
COMMANDS = [(path, block) for path, text in TEXTS.items() for block in blocks(text, "console")]


@pytest.mark.parametrize(("path", "block"), COMMANDS, ids=[command_of(block) for _, block in COMMANDS])
def test_command_prints_and_draws_what_the_page_shows(path, block):
    with place(TEXTS[path]):
        assert block.text == renewed(block), f"{path.name} is stale: run `make docs`"
        for picture in pictures():
            assert (path.parent / picture.name).read_bytes() == picture.read_bytes(), "run `make docs`"


@pytest.mark.parametrize(("path", "number"), SESSIONS, ids=[f"{path.name} {number}" for path, number in SESSIONS])
def test_session_goes_as_the_page_shows(path, number):
    block = blocks(TEXTS[path], "pycon")[number]
    session = doctest.DocTestParser().get_doctest(block.text, {}, f"{path.name} session {number + 1}", path.name, 0)
    told = []
    with place(TEXTS[path]):
        outcome = doctest.DocTestRunner(verbose=False).run(session, out=told.append)
    assert outcome.failed == 0, "".join(told)
