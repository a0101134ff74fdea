"""The rows of an experiment as a picture. matplotlib takes most of a second to import, so only a plot imports it."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from emulator.base.errors import ConfigError
from emulator.lab.flush import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg")


def check_plot(path: str) -> None:
    """Raise ConfigError for a file whose name ends in no known kind of picture."""
    if Path(path).suffix not in SUFFIXES:
        raise ConfigError(f"{path}: is no kind of picture that is known; {' or '.join(SUFFIXES)} is right")


def flush_plot(rows: Sequence[Row], out: IO[bytes], suffix: str) -> None:
    """Draw cycles against pages to `out`: above each operation's flush alone, below with what comes later.

    `suffix` is one of `SUFFIXES`.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    operations = list(dict.fromkeys(row.case.operation for row in rows))
    with mpl.rc_context({"svg.hashsalt": "pagewalk"}):  # the same rows give the same file
        figure = Figure(figsize=(5.5 * len(operations), 7.5), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(2, len(operations), sharex=True, sharey=True, squeeze=False)
        for column, operation in enumerate(operations):
            own = [row for row in rows if row.case.operation == operation]
            _draw(panels[0, column], own, later=False)
            _draw(panels[1, column], own, later=True)
            panels[0, column].set_title(f"{operation}: the flush alone")
            panels[1, column].set_title(f"{operation}: and {own[0].case.working_set:,} more pages reused")
            panels[1, column].set_xlabel("pages")
        for panel in panels[:, 0]:
            panel.set_ylabel("cycles")
        panels[0, 0].legend(title="strategy")
        figure.savefig(out, format=suffix[1:], dpi=120, metadata={"Date": None} if suffix == ".svg" else None)


def _draw(panel: "Axes", rows: Sequence[Row], later: bool) -> None:
    """Draw one line a strategy."""
    for strategy in dict.fromkeys(row.case.strategy for row in rows):
        own = [row for row in rows if row.case.strategy == strategy]
        cycles = [row.total if later else row.flush for row in own]
        panel.plot([row.case.pages for row in own], cycles, marker="o", markersize=3, label=strategy)
    panel.set_xscale("log", base=2)
    panel.xaxis.set_major_formatter("{x:.0f}")
    if any((row.total if later else row.flush) > 0 for row in rows):  # where all is free there is no logarithm
        panel.set_yscale("log")
    panel.grid(alpha=0.3)
