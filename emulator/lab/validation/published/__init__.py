"""The published figures, each with the runs that emulate it; sources stand in the module of each kind."""

from emulator.lab.validation.figure import Figure
from emulator.lab.validation.publications import PUBLICATIONS
from emulator.lab.validation.published import (
    batches,
    capacities,
    chases,
    faults,
    flushes,
    forks,
    native,
    reached,
    shootdowns,
    strategies,
    switches,
    walks,
)

ORDER = list(PUBLICATIONS)
FIGURES: tuple[Figure, ...] = tuple(
    sorted(
        (
            *flushes.FIGURES,
            *shootdowns.FIGURES,
            *switches.FIGURES,
            *batches.FIGURES,
            *forks.FIGURES,
            *chases.FIGURES,
            *walks.FIGURES,
            *faults.FIGURES,
            *reached.FIGURES,
            *capacities.FIGURES,
            *native.FIGURES,
            *strategies.FIGURES,
        ),
        key=lambda figure: ORDER.index(figure.row),
    )
)
ROWS = tuple(dict.fromkeys(figure.row for figure in FIGURES))
