"""`pagewalk step` in a pipe, in a terminal that is too small, without its package: one line, and no machine."""

import os

import pytest

from tests.commands import assert_refused


@pytest.fixture
def terminal(monkeypatch):
    """Let standard input and output be a terminal of some size."""

    def sized(columns, lines):
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((columns, lines)))
        monkeypatch.setattr("sys.stdout.fileno", lambda: 1, raising=False)

    return sized


def test_a_pipe_is_told_that_a_terminal_is_needed(call, machines, program):
    error = "step: needs a terminal to draw on and to read keys from; `pagewalk explain` needs none"
    assert_refused(call("step", program), error)
    assert machines.made == []


@pytest.mark.parametrize("size", [(79, 24), (80, 23)])
def test_a_small_terminal_is_told_how_large_it_has_to_be(call, machines, program, terminal, size):
    terminal(*size)
    columns, lines = size
    error = f"step: needs 80 columns and 24 lines; this terminal has {columns} and {lines}"
    assert_refused(call("step", program), error)
    assert machines.made == []


def test_a_missing_package_is_named(call, machines, program, monkeypatch):
    monkeypatch.setattr("emulator.cli.stepping.find_spec", lambda name: None)
    error = r"step: needs the package textual; pip install 'pagewalk\[step\]' installs it"
    assert_refused(call("step", program), error)
    assert machines.made == []


def test_a_history_that_is_no_size_is_refused_before_anything_is_drawn(call, program, terminal):
    terminal(80, 24)
    assert_refused(call("step", program, "--history", "much"), "history: 'much'")
