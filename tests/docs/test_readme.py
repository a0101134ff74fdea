"""What the README shows is what happens."""

import doctest

import pytest

from docs.readme import README, blocks, command_of, place, renewed

PAGE = README.read_text(encoding="utf-8")


@pytest.mark.parametrize("block", blocks(PAGE, "console"), ids=command_of)
def test_command_prints_what_the_readme_shows(block):
    with place(PAGE):
        assert block.text == renewed(block), "README.md is stale: run `make docs`"


@pytest.mark.parametrize("number", range(len(blocks(PAGE, "pycon"))))
def test_session_goes_as_the_readme_shows(number):
    block = blocks(PAGE, "pycon")[number]
    session = doctest.DocTestParser().get_doctest(block.text, {}, f"README.md session {number + 1}", "README.md", 0)
    told = []
    with place(PAGE):
        outcome = doctest.DocTestRunner(verbose=False).run(session, out=told.append)
    assert outcome.failed == 0, "".join(told)
