"""Rows of the experiment as a picture: what invalidation costs, and whom, against pages and against harts.

A band for each workload, a column for each strategy. In each panel a bar stacks the five parts of the cost: direct and
wait are the initiator's, stolen the other harts', deferred and induced come later. Above against
pages, on the most harts; below against harts, on the most pages.
"""

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from emulator.lab.invalidation.workload import BY_NAME
from emulator.lab.store import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS = (
    ("direct", "direct", "#4477aa"),
    ("wait", "waiting", "#ee6677"),
    ("stolen", "stolen from others", "#ccbb44"),
    ("deferred", "deferred", "#aa3377"),
    ("induced_cycles", "induced misses", "#228833"),
)
PANEL = (2.6, 2.1)  # inches


def invalidation_plot(rows: Sequence[Row], out: IO[bytes], suffix: str) -> None:
    """Draw the rows to `out`, as `suffix` of `SUFFIXES` says, .png or .svg."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    bands = _bands(rows)
    columns = max(len(strategies) for _, _, strategies in bands)
    with mpl.rc_context({"svg.hashsalt": "pagewalk", "font.size": 8}):  # the same rows give the same file
        figure = Figure(figsize=(PANEL[0] * columns + 0.6, PANEL[1] * len(bands) + 0.7), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(len(bands), columns, sharey="row", squeeze=False)
        for line, (name, axis, strategies) in enumerate(bands):
            for place, panel in enumerate(panels[line]):
                if place >= len(strategies):
                    panel.set_visible(False)
                    continue
                strategy, own = strategies[place]
                _draw(panel, own, axis)
                panel.set_title(f"{name}: {strategy}", fontsize=8)
                panel.set_xlabel(_label(own, axis))
            panels[line, 0].set_ylabel("cycles")
            panels[line, 0].set_ylim(0, 1.05 * max(_height(row) for _, own in strategies for row in own) or 1)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(PARTS))
        figure.savefig(out, format=suffix[1:], dpi=120, metadata={"Date": None} if suffix == ".svg" else None)


def _bands(rows: Sequence[Row]) -> list[tuple[str, str, list[tuple[str, list[Row]]]]]:
    """Return the lines of panels: workload (and profile, where there are several), axis, and rows by strategy."""
    several = len({row["profile"] for row in rows}) > 1
    found = []
    for name, profile in dict.fromkeys((row["workload"], row["profile"]) for row in rows):
        own = [row for row in rows if (row["workload"], row["profile"]) == (name, profile)]
        for axis, fixed in (("pages", "harts"), ("harts", "pages")):
            most = max(int(row[fixed]) for row in own)
            line = [row for row in own if row[fixed] == most]
            if axis == "harts" and len({row["harts"] for row in line}) == 1:
                continue
            by_strategy = [
                (str(strategy), [row for row in line if row["strategy"] == strategy])
                for strategy in dict.fromkeys(row["strategy"] for row in line)
            ]
            found.append((f"{name} ({profile})" if several else str(name), axis, by_strategy))
    return found


def _draw(panel: "Axes", rows: Sequence[Row], axis: str) -> None:
    """Draw one stacked bar a row, side by side in the order of `axis`."""
    rows = sorted(rows, key=lambda row: int(row[axis]))
    places = list(range(len(rows)))
    below = [0.0] * len(rows)
    for column, label, colour in PARTS:
        heights = [int(row[column]) / int(row["rounds"]) for row in rows]
        panel.bar(places, heights, bottom=below, label=label, color=colour, width=0.8)
        below = [low + height for low, height in zip(below, heights, strict=True)]
    panel.set_xticks(places, [str(row[axis]) for row in rows])
    panel.yaxis.set_major_formatter("{x:,.0f}")
    panel.grid(axis="y", alpha=0.3)
    panel.set_axisbelow(True)


def _height(row: Row) -> float:
    """Return all five parts of a round's cost."""
    return sum(int(row[column]) for column, _, _ in PARTS) / int(row["rounds"])


def _label(rows: Sequence[Row], axis: str) -> str:
    """Return what the axis counts, and what stays the same."""
    fixed = "harts" if axis == "pages" else "pages"
    number = int(rows[0][fixed])
    workload = BY_NAME[str(rows[0]["workload"])]
    each = f", each of {workload.rounds} rounds" if workload.rounds > 1 else ""
    return f"{axis} ({number:,} {fixed if number != 1 else fixed[:-1]}{each})"
