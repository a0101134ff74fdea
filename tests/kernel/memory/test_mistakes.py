"""The mistakes in keeping memory that a kernel can be told to make: each is found, by what knows nothing of it.

Programs find it in their memory, their promises or in what is left of their frames; the model in `tests/model` in what
a few steps come to. `--set bug=` alone says which kernel runs.
"""

import pytest

from emulator.base.kernel_names import Bug
from emulator.lab.bugs.kernel import BY_BUG, NONE
from emulator.lab.bugs.memory import KEEPERS, SHOWN_BY, caught
from tests.model.test_random_programs import compare

WRONG = KEEPERS[1:]

# Steps of `tests/model/test_random_programs`: pages 0 to 2 are private, 3 and 4 shared.
FORK_AND_STORE = [("store", 0, 5), ("fork", [("load", 0), ("store", 0, 6), ("load", 0)]), ("load", 0), ("store", 0, 7)]
ZEROS = [("load", 0), ("store", 0, 5), ("load", 1), ("fork", [("store", 2, 6), ("load", 1)]), ("load", 2)]
SHARED = [("load", 3), ("fork", [("store", 3, 5)]), ("load", 3), ("store", 4, 6), ("fork", [("load", 4)])]
PROTECTED = [("store", 0, 5), ("protect", 0, False), ("fork", [("protect", 0, True), ("store", 0, 6)]), ("load", 0)]
REFUSED = [("store", 0, 5), ("fork", [("protect", 0, False), ("store", 0, 6)]), ("load", 0)]

FOUND_BY_THE_MODEL = {
    "fork-uncounted": FORK_AND_STORE,
    "child-writable": FORK_AND_STORE,
    "zero-reused": ZEROS,
    "shared-zero": SHARED,
    "shared-copied": SHARED,
    "protect-at-once": PROTECTED,
    "cow-any-region": REFUSED,
}


def test_every_mistake_is_shown_by_a_program():
    here = {bug.name.lower().replace("_", "-") for bug in Bug}
    assert here == {*BY_BUG, *SHOWN_BY}
    assert not BY_BUG.keys() & SHOWN_BY.keys()


@pytest.mark.slow
def test_nothing_is_found_wrong_with_a_right_kernel():
    row = caught(KEEPERS[0])
    assert row.bug == NONE
    assert row.runs >= len(set(SHOWN_BY.values()))
    assert row.found == 0


@pytest.mark.unbalanced  # of some of them; `caught` looks itself
@pytest.mark.parametrize("keeper", WRONG, ids=lambda keeper: keeper.bug)
def test_a_program_shows_the_mistake(keeper):
    """By its data, its promises, the balance of its frames (F61, F68) or a stale entry (F45)."""
    assert caught(keeper).found > 0


@pytest.mark.parametrize("steps", {id(steps): steps for steps in FOUND_BY_THE_MODEL.values()}.values())
def test_the_model_has_no_quarrel_with_a_right_kernel(steps):
    compare(steps)


@pytest.mark.unbalanced  # here the model is to find it
@pytest.mark.parametrize("bug", FOUND_BY_THE_MODEL)
def test_the_model_finds_the_mistake(bug):
    with pytest.raises(AssertionError):
        compare(FOUND_BY_THE_MODEL[bug], overrides={"bug": bug})
