"""A command line to call, and a machine that only remembers what it was asked for."""

import sys
from types import ModuleType

import pytest

from tests.commands import caller
from tests.observe.made import COPY, result


class FakeMachine:
    """Stands in for the machine: remembers its options and returns the run it was told to."""

    made: list["FakeMachine"]
    outcome: dict

    def __init__(self, overrides, stdin, events=None, **options):
        self.options, self.overrides, self.stdin, self.events = options, overrides, stdin, events
        self.argv, self.limit = None, None
        type(self).made.append(self)

    def spawn(self, program, argv):
        self.argv = argv

    def run(self, max_instructions):
        self.limit = max_instructions
        default = {"fork": "cow", "paging": "sv39", "profile": "skylake"}
        settings = {name: self.options.get(name, value) for name, value in default.items()}
        return result(COPY, **({"settings": settings, "stdout": "hello\n"} | self.outcome))


class FakeRecorder:
    """Stands in for what runs a machine for a page: it sees nothing."""

    changes, shown = (), 0

    def __init__(self, most=0):
        self.most = most

    def run(self, machine, max_instructions):
        return machine.run(max_instructions)


class FakeSampler(FakeRecorder):
    """Stands in for what runs a machine for a timeline."""

    samples, clock_ghz = (), 1.0


@pytest.fixture
def machines(monkeypatch):
    """The fake machines made so far; `machines.outcome` changes what their runs return."""
    FakeMachine.made, FakeMachine.outcome = [], {}
    module = ModuleType("emulator.machine")
    module.Machine = FakeMachine
    monkeypatch.setattr("emulator.page.Recorder", FakeRecorder)
    monkeypatch.setattr("emulator.timeline.Sampler", FakeSampler)
    monkeypatch.setitem(sys.modules, "emulator.machine", module)
    return FakeMachine


@pytest.fixture
def call(capsys):
    """Call one command line; returns (exit status, standard output, standard error)."""
    return caller(capsys)


@pytest.fixture
def program(tmp_path):
    """A source that assembles, and that promises nothing."""
    path = tmp_path / "mine.s"
    path.write_text("_start:\n        ecall\n")
    return path
