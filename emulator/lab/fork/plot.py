"""The rows of the experiment as pictures: what each flavour takes against the parent's pages; and crossovers."""

from collections.abc import Sequence
from typing import IO, Any

from emulator.lab.fork.crossover import PARTS, Crossover
from emulator.lab.fork.measure import Row


def fork_plot(rows: Sequence[Row], out: IO[bytes], suffix: str) -> None:
    """Draw a panel for each child, a line a flavour; `suffix` is one of `SUFFIXES` of `emulator.lab.plot`."""
    children = list(dict.fromkeys(row.case.child for row in rows))

    def draw(panels: Any) -> None:
        for panel, child in zip(panels, children, strict=True):
            for flavour in dict.fromkeys(row.case.flavour for row in rows):
                own = [row for row in rows if (row.case.child, row.case.flavour) == (child, flavour)]
                if own:
                    own.sort(key=lambda row: row.case.pages)
                    pages = [row.case.pages for row in own]
                    panel.plot(pages, [row.cycles for row in own], marker="o", markersize=3, label=flavour)
            panel.set_xscale("log", base=2)
            panel.set_yscale("log")
            panel.set_title(f"fork + {child}", fontsize=10)
            panel.set_xlabel("pages of the parent")
        panels[0].set_ylabel("cycles until the child is gone")
        panels[0].legend(fontsize=8)

    _drawn(len(children), draw, out, suffix)


def crossover_plot(found: Sequence[Crossover], out: IO[bytes], suffix: str) -> None:
    """Draw, on the left, what both cost by the share of pages written, at the price of the machine and at the dearest;
    on the right, where they cross, by the price of a copy."""
    by_price = sorted(found, key=lambda row: row.copy)

    def draw(panels: Any) -> None:
        costs, meet = panels
        shares = [part / PARTS for part in range(PARTS + 1)]
        for row, style in ((by_price[0], "--"), (by_price[-1], "-")):
            costs.plot(shares, row.cow, style, color="tab:blue", label=f"cow, a copy takes {row.copy:,.0f}")
            costs.plot(shares, row.eager, style, color="tab:orange", label=f"eager, a copy takes {row.copy:,.0f}")
            costs.plot([row.share], [row.eager[0]], "o", color="black", markersize=4)
        costs.set_xlabel("share of pages written by the child")
        costs.set_ylabel("cycles until the child is gone")
        costs.set_ylim(bottom=0)
        costs.legend(fontsize=8)
        copies = [row.copy for row in by_price]
        meet.plot(copies, [row.share for row in by_price], "o", color="black", label="measured")
        meet.plot(copies, [row.expected for row in by_price], "-", color="tab:gray", label="copy / (copy + fault)")
        meet.set_ylim(0, 1)
        meet.set_xlabel("price of copying a page, cycles")
        meet.set_ylabel("share written at which both cost the same")
        meet.fill_between(copies, [row.expected for row in by_price], alpha=0.15, color="tab:blue")
        meet.annotate("cow is cheaper", (copies[len(copies) // 2], 0.1), fontsize=9)
        meet.annotate("eager is cheaper", (copies[0], 0.92), fontsize=9)
        meet.legend(fontsize=8, loc="lower right")

    _drawn(2, draw, out, suffix)


def _drawn(panels: int, draw: Any, out: IO[bytes], suffix: str) -> None:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "pagewalk"}):  # the same rows give the same file
        figure = Figure(figsize=(4.2 * panels, 4.2), layout="constrained")
        FigureCanvasAgg(figure)
        drawn = figure.subplots(1, panels, squeeze=False)[0]
        draw(drawn)
        for panel in drawn:
            panel.grid(alpha=0.3)
        figure.savefig(out, format=suffix[1:], dpi=120, metadata={"Date": None} if suffix == ".svg" else None)
