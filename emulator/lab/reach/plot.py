"""The rows of the experiment as a picture: cycles of a load, and reads of a walk, against pages."""

from collections.abc import Sequence
from typing import IO

from emulator.lab.reach.measure import Row


def reach_plot(rows: Sequence[Row], out: IO[bytes], suffix: str) -> None:
    """Draw a line a machine to `out`; `suffix` is one of `SUFFIXES` of `emulator.lab.plot`."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "pagewalk"}):  # the same rows give the same file
        figure = Figure(figsize=(7.5, 7.5), layout="constrained")
        FigureCanvasAgg(figure)
        cycles, reads = figure.subplots(2, 1, sharex=True)
        for profile in dict.fromkeys(row.case.profile for row in rows):
            own = [row for row in rows if row.case.profile == profile]
            pages = [row.case.pages for row in own]
            cycles.plot(pages, [row.cycles for row in own], marker="o", markersize=3, label=profile)
            reads.plot(pages, [row.references * row.walks for row in own], marker="o", markersize=3)
        cycles.set_xscale("log", base=2)
        cycles.set_yscale("log", base=2)
        reads.xaxis.set_major_formatter("{x:.0f}")
        cycles.yaxis.set_major_formatter("{x:.0f}")
        cycles.set_ylabel("cycles of a load")
        reads.set_ylabel("table entries read for a load")
        reads.set_xlabel("pages")
        cycles.legend()
        for panel in (cycles, reads):
            panel.grid(alpha=0.3)
        figure.savefig(out, format=suffix[1:], dpi=120, metadata={"Date": None} if suffix == ".svg" else None)
