"""Programs under a debugger, which end with the test."""

import pytest

from tests.debug.gdb import Debugged


@pytest.fixture
def debugged():
    """Call it for a program that waits for a debugger."""
    made = []

    def begin(program, **choices):
        made.append(Debugged(program, **choices))
        return made[-1]

    yield begin
    for each in made:
        each.close()
