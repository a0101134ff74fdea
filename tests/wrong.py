"""Hardware that is wrong in one thing: a function in the place of the right one, and the test of the suite it fails."""

from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

import pytest


class Wrong(NamedTuple):
    """One function of a module and what stands in its place; the test that fails then, and with what arguments."""

    module: ModuleType
    function: str
    instead: Callable
    killer: Callable
    arguments: tuple = ()


def assert_found(monkeypatch, wrong):
    """The test passes as the hardware is, and fails with the wrong function. Plain Python: there it can be replaced."""
    monkeypatch.setenv("PAGEWALK_ENGINE", "plain")
    wrong.killer(*wrong.arguments)
    monkeypatch.setattr(wrong.module, wrong.function, wrong.instead)
    with pytest.raises(AssertionError):
        wrong.killer(*wrong.arguments)
