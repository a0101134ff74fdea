"""The published figures, each with the runs that emulate it; sources stand in the module of each kind."""

from emulator.lab.validation.figure import Figure
from emulator.lab.validation.published import flushes, forks, shootdowns, switches


def _number(figure: Figure) -> int:
    return int(figure.row.removeprefix("V"))


FIGURES = tuple(sorted((*flushes.FIGURES, *shootdowns.FIGURES, *switches.FIGURES, *forks.FIGURES), key=_number))
ROWS = tuple(dict.fromkeys(figure.row for figure in FIGURES))
