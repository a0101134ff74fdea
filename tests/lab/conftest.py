"""What tests of the laboratory's commands share."""

import pytest

from tests.commands import caller


@pytest.fixture
def call(capfd):
    """Call one command line; returns (exit status, standard output, standard error), those of workers too."""
    return caller(capfd)
