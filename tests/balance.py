"""F68, F61 after every run of every test: each frame counts just the references that there are."""

import pytest

from emulator.look.balance import imbalances
from emulator.machine.core import Core

MOST_LOOKS = 100  # of one test at machines that go on: some are stopped after every instruction
SHOWN = 3


def assert_balanced(core):
    """Fail with the frames that are not in balance, and what became of them if the machine has kept that."""
    wrong = imbalances(core.world, core.kernel)
    assert not wrong, "\n".join(one.told(core.frames.ledger()) for one in wrong[:SHOWN])


@pytest.fixture(autouse=True)
def frames_in_balance(monkeypatch, request):
    """Look at the frames of a machine wherever it stands still; not in tests marked `unbalanced`, which say why."""
    if request.node.get_closest_marker("unbalanced"):
        yield
        return
    run, looks = Core.run, 0

    def run_and_look(core, *arguments):
        nonlocal looks
        ended = run(core, *arguments)
        looks += 1
        if ended in ("exit", "blocked") or looks <= MOST_LOOKS:
            assert_balanced(core)
        return ended

    monkeypatch.setattr(Core, "run", run_and_look)
    yield
