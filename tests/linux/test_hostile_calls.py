"""Calls on memory with arguments that no program should give: as Linux on this host does (F70, F77, F121)."""

import pytest

from tests.linux.hostile import ARRAYS_SET, lines
from tests.linux.steps import Op
from tests.linux.test_against_linux import built, here, on_linux, on_this_host

__all__ = ["built"]
pytestmark = on_this_host
MOST_STEPS = 4000  # of one run: `steps.c` has room for so many
LINES = list(lines())
PARTS = [LINES[start::8] for start in range(8)]


def runs(part):
    """The steps of a part, as many as fit into one run at a time."""
    steps = [*ARRAYS_SET]
    for line in part:
        if len(steps) + len(line) > MOST_STEPS:
            yield steps
            steps = [*ARRAYS_SET]
        steps += line
    yield steps


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_F77_wrong_arguments_give_what_linux_gives(built, part):
    native, program = built
    for steps in runs(PARTS[part]):
        expected = on_linux(native, [*steps, (Op.END,)])
        found = here(program, [*steps, (Op.END,)], most=40_000_000)
        for step, linux, ours in zip(steps, expected, found, strict=True):
            assert ours == linux, step
