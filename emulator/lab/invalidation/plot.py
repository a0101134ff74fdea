"""Rows of the experiment as a picture: what invalidation costs, and whom, against pages and against harts.

A band for each workload, a column for each strategy. In each panel a line for each hart that pays: what the initiator
spends at once and in waiting, what is stolen from the other harts, what was put off and is done later, and what all
spend later on induced misses. Cycles of different harts are never added: they pass at the same time. What costs nothing
has no line. Above against pages, on the most harts; below against harts, on the most pages. An axis is logarithmic
where its values span more than a decade.
"""

import math
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from emulator.lab.invalidation.workloads import BY_NAME
from emulator.lab.store import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Each line: its columns, which are of one hart or come at one time and may be added; what it is; how it is drawn.
LINES: tuple[tuple[tuple[str, ...], str, dict[str, Any]], ...] = (
    (("direct", "wait"), "initiator: at once and waiting", {"color": "#4477aa", "marker": "o"}),
    (("direct",), "of that: at once", {"color": "#4477aa", "marker": ".", "linestyle": ":"}),
    (("stolen",), "other harts: stolen", {"color": "#ee6677", "marker": "s"}),
    (("deferred",), "any hart: deferred, later", {"color": "#aa3377", "marker": "v"}),
    (("induced_cycles",), "all harts: induced misses, later", {"color": "#228833", "marker": "^"}),
)
DECADE = 10
CLOSE = 1.2  # places that are closer, as a ratio, have one label
PANEL = (2.6, 2.1)  # inches


def invalidation_plot(rows: Sequence[Row], out: IO[bytes], suffix: str) -> None:
    """Draw the rows to `out`, as `suffix` of `SUFFIXES` says, .png or .svg."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

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
            _scale(panels[line, 0], [value for _, own in strategies for row in own for value in _values(row)])
        handles = [Line2D([], [], label=label, **style) for _, label, style in LINES]
        profiles = ", ".join(dict.fromkeys(str(row["profile"]) for row in rows))
        figure.legend(handles=handles, loc="outside upper center", ncols=2, title=f"profile: {profiles}")
        figure.savefig(out, format=suffix[1:], dpi=120, metadata={"Date": None} if suffix == ".svg" else None)


def _bands(rows: Sequence[Row]) -> list[tuple[str, str, list[tuple[str, list[Row]]]]]:
    """Return the lines of panels: workload and profile, axis, and rows by strategy."""
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
            found.append((f"{name} ({profile})", axis, by_strategy))
    return found


def _draw(panel: "Axes", rows: Sequence[Row], axis: str) -> None:
    """Draw the lines of one strategy against `axis`."""
    rows = sorted(rows, key=lambda row: int(row[axis]))
    places = [int(row[axis]) for row in rows]
    for columns, _, style in LINES:
        heights = [_part(row, columns) for row in rows]
        if any(heights):
            panel.plot(places, [height or math.nan for height in heights], markersize=4, linewidth=1, **style)
    if places[0] > 0 and places[-1] > DECADE * places[0]:
        panel.set_xscale("log", base=2)
    panel.set_xticks(places, _ticks(places))
    panel.minorticks_off()
    panel.grid(axis="y", alpha=0.3)


def _ticks(places: Sequence[int]) -> list[str]:
    """Return what stands below the places of an axis: nothing where it would lie on what stands before."""
    labels, last = [], 0
    for place in places:
        apart = place >= CLOSE * last
        labels.append(f"{place:,}" if apart else "")
        last = place if apart else last
    return labels


def _scale(panel: "Axes", values: Sequence[float]) -> None:
    """Let the cycles of a band begin at 0, or be logarithmic where they span more than a decade."""
    drawn = [value for value in values if value > 0]
    if drawn and max(drawn) > DECADE * min(drawn):
        panel.set_yscale("log")
        panel.set_ylim(min(drawn) / 2, max(drawn) * 2)
    else:
        panel.set_ylim(0, 1.05 * max(drawn, default=1))
    panel.yaxis.set_major_formatter("{x:,.0f}")


def _part(row: Row, columns: Sequence[str]) -> float:
    """Return the sum of some columns, of one round."""
    return sum(int(row[column]) for column in columns) / int(row["rounds"])


def _values(row: Row) -> list[float]:
    """Return the height of each line at a row."""
    return [_part(row, columns) for columns, _, _ in LINES]


def _label(rows: Sequence[Row], axis: str) -> str:
    """Return what the axis counts, and what stays the same."""
    fixed = "harts" if axis == "pages" else "pages"
    number = int(rows[0][fixed])
    workload = BY_NAME[str(rows[0]["workload"])]
    each = f", each of {workload.rounds} rounds" if workload.rounds > 1 else ""
    return f"{axis} ({number:,} {fixed if number != 1 else fixed[:-1]}{each})"
