"""After the times that pytest-benchmark prints: the rates that they mean."""

import pytest

RATES: list[str] = []


@pytest.fixture
def rates():
    """Lines of `work: rate` that are printed at the end of the session."""
    return RATES


def pytest_terminal_summary(terminalreporter):
    """Print the rates."""
    if RATES:
        terminalreporter.section("rates, medians of rounds")
        for line in RATES:
            terminalreporter.write_line(line)
