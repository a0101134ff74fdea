"""Command lines as tests call them, and the one line that a mistake gets."""

import re

from emulator.cli import invoke


def caller(captured):
    """What calls one command line; returns (exit status, standard output, standard error) as they were `captured`."""

    def called(*arguments):
        status = invoke([str(argument) for argument in arguments])
        return (status, *captured.readouterr())

    return called


def assert_refused(answer, error=""):
    """A mistake has been met: status 2, no output, and one line that says `error`, a regular expression; returns it."""
    status, out, err = answer
    assert (status, out) == (2, "")
    assert re.fullmatch(rf"pagewalk: error: .*{error}.*\n", err)
    return err
