"""The table of ratios: the emulator and its peers on the same works, interleaved round by round.

    python -m benchmarks.compare [--rounds N] [--only WORK] [--json FILE] [--no-cold]

A ratio is taken within a round, so that a host that is slow for a minute is slow for both; of the rounds' ratios the
median counts, and the least and the greatest show the noise.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import harts, pages, peers, placement, starts
from benchmarks.works import WORKS, Bench, Timing, check

RESULTS = Path(__file__).parent / "results" / "latest.json"
PASSES = {"hot_loop": 10_000, "stride": 200, "chase": 16}
CHECKERS: dict[str, tuple[bool | str, int]] = {"checked": (True, 1), "every hit compared": ("every", 10)}
COPIES = 65536


@dataclass
class Series:
    """What the rounds gave for one quantity."""

    unit: str
    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.values)


@dataclass(frozen=True)
class Target:
    """What should hold: `name`, divided by `peer` of the same round if there is one, at least or at most `bound`."""

    name: str
    peer: str | None
    sign: str  # ">=" or "<="
    bound: float

    def holds(self, value: float) -> bool:
        """Return whether `value` reaches the target."""
        return value >= self.bound if self.sign == ">=" else value <= self.bound


TARGETS = (
    Target("hot_loop", "hot_loop: ideal", ">=", 0.75),
    Target("hot_loop", "hot_loop: spike", ">=", 0.9),
    Target("stride", "stride: ideal", ">=", 0.4),
    Target("stride", "stride: qemu", ">=", 2),
    Target("chase", "chase: qemu", ">=", 2),
    Target("cow_storm", None, ">=", 250e3),
    Target("cow_storm", "cow_storm: qemu", ">=", 5),
    Target("cow_storm", "cow_storm: spike", ">=", 5),
    *(Target(f"{work}: checked", work, ">=", 0.8) for work in ("hot_loop", "stride", "cow_storm")),
    *(Target(f"{work}: every hit compared", work, ">=", 0.05) for work in ("hot_loop", "stride", "cow_storm")),
    Target("harts: 16", "harts: 1", ">=", 0.6),
    Target("harts: shootdown of 33 pages on 16", None, "<=", 20),
    Target("lab invalidation, --jobs 2", None, "<=", 300),
    Target("fork of 65,536 pages", None, "<=", 10),
    Target("page copy, hot", "page copy, hot: numpy", ">=", 0.8),
    Target("page copy, cold", "page copy, cold: numpy", ">=", 0.8),
    *(Target(f"loop of {length}: least", f"loop of {length}: most", ">=", 0.9) for length in placement.LENGTHS),
    Target(f"loop of {placement.LENGTHS[0]}: least", "hot_loop: ideal", ">=", 0.7),
    Target("hello, warm: CPU", "import numba: CPU", "<=", 1.5),
    Target("explain, cold", "explain, plain", "<=", 3),
    Target("compiling: CPU", None, "<=", 100),
    Target("hello, peak memory", None, "<=", 350),
)


class Comparison:
    """All quantities by name, and how to measure each once."""

    def __init__(self, only: str, folder: Path) -> None:
        self.series: dict[str, Series] = {}
        self._only = only
        self._works = [name for name in (*PASSES, "cow_storm") if only in name]
        found, self.absent = peers.present(folder)
        self._peers = found if self._works or self._wanted("placement") else []
        for name in self._works:
            check(WORKS[name])
        # A storm gets new machines each round, on which host pages are there but few events yet.
        self._benches = {name: Bench(WORKS[name]) for name in self._works if name in PASSES}
        self._checked = {
            (name, how): Bench(WORKS[name], on) for name in self._benches for how, (on, _) in CHECKERS.items()
        }
        if self._wanted("harts"):
            harts.check()
        self._fork = self._wanted("fork of 65,536 pages")
        if self._fork:
            check(WORKS["wide_fork"])
            self._benches["wide_fork"] = Bench(WORKS["wide_fork"])

    def round(self) -> None:
        """Measure everything once."""
        for work in self._works:
            passes, unit = PASSES.get(work, 1), "copies/s" if work == "cow_storm" else "instructions/s"
            self._own(work, (self._benches.get(work) or Bench(WORKS[work])).measure(passes))
            for how, (on, part) in CHECKERS.items():
                bench = self._checked.get((work, how)) or Bench(WORKS[work], on)
                self._add(f"{work}: {how}", unit, _rate(work, bench.measure(max(passes // part, 1))))
            for peer in self._peers:
                self._add(f"{work}: {peer.name}", unit, peer.measure(work))
        if self._fork:
            self._add("fork of 65,536 pages", "ms", self._benches["wide_fork"].measure().seconds * 1e3)
        if self._wanted("harts"):
            for count in (1, harts.HARTS):
                self._add(f"harts: {count}", "instructions/s", harts.speed(count))
            self._add(f"harts: shootdown of 33 pages on {harts.HARTS}", "us", harts.shootdown())
        if self._wanted("page copy"):
            self._copies()
        if self._wanted("hello, warm"):
            start = starts.warm()
            self._add("hello, warm", "s", start.wall)
            self._add("hello, warm: CPU", "s", start.cpu)
            self._add("import numba: CPU", "s", starts.importing_numba())
            self._add("hello, peak memory", "MiB", start.peak_mib)
        if self._wanted("explain, cold"):
            self._add("explain, cold", "s", starts.cold().wall)
            self._add("explain, plain", "s", starts.plain().wall)
        if self._wanted("placement"):
            self._placement()

    def once(self) -> None:
        """Measure what takes long, once: compiling, and the sweep of the laboratory."""
        if self._wanted("compiling"):
            start = starts.compiling()
            self._add("compiling", "s", start.wall)
            self._add("compiling: CPU", "s", start.cpu)
        if self._wanted("lab invalidation"):
            self._add("lab invalidation, --jobs 2", "s", harts.sweep())

    def ratios(self, target: Target) -> list[float]:
        """Return what `target` compares with its bound, by round; nothing where it was not measured."""
        own = self.series.get(target.name)
        other = self.series.get(target.peer) if target.peer else None
        if own is None or (target.peer and other is None):
            return []
        if other is None:
            return own.values
        return [mine / theirs for mine, theirs in zip(own.values, other.values, strict=True)]

    def _wanted(self, name: str) -> bool:
        return self._only in name

    def _own(self, work: str, timing: Timing) -> None:
        self._add(work, "copies/s" if work == "cow_storm" else "instructions/s", _rate(work, timing))
        self._add(f"{work}: translations", "translations/s", timing.translations / timing.seconds)
        if timing.faults:
            self._add(f"{work}: faults", "faults/s", timing.faults / timing.seconds)

    def _copies(self) -> None:
        for cold, state in ((False, "hot"), (True, "cold")):
            name = f"page copy, {state}"
            self._add(name, "pages/s", 1e9 / pages.ours(COPIES, cold, caches=False))
            self._add(f"{name}: numpy", "pages/s", 1e9 / pages.numpys(COPIES, cold))
            self._add(f"{name}: through caches", "pages/s", 1e9 / pages.ours(COPIES, cold, caches=True))

    def _placement(self) -> None:
        """Measure loops at many places; beside the loop in C, if it is there."""
        for length in placement.LENGTHS:
            found = placement.rates(length).values()
            self._add(f"loop of {length}: least", "instructions/s", min(found))
            self._add(f"loop of {length}: most", "instructions/s", max(found))
        for peer in self._peers:
            if peer.name == "ideal" and "hot_loop" not in self._works:
                self._add("hot_loop: ideal", "instructions/s", peer.measure("hot_loop"))

    def _add(self, name: str, unit: str, value: float) -> None:
        self.series.setdefault(name, Series(unit)).values.append(value)


def _rate(work: str, timing: Timing) -> float:
    return (timing.copies if work == "cow_storm" else timing.instructions) / timing.seconds


def number(value: float) -> str:
    """Return `value` with three digits that count: 1.23, 45.6, 789, 12.3 M."""
    for scale, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= scale:
            return number(value / scale) + letter
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values: Iterable[float]) -> str:
    """Return the least and the greatest value."""
    values = list(values)
    return f"{number(min(values))} - {number(max(values))}" if len(values) > 1 else "once"


def rates_table(comparison: Comparison) -> Table:
    """Return every quantity: median, least, greatest, and for copies the time of one page."""
    table = _table("quantity", ">median", ">least - greatest", "unit", "")
    for name, series in comparison.series.items():
        each = f"{1e9 / series.median:,.0f} ns a page" if series.unit == "pages/s" else ""
        table.add_row(name, number(series.median), spread(series.values), series.unit, each)
    return table


def targets_table(comparison: Comparison) -> Table:
    """Return each target, what was measured, and whether it is reached."""
    table = _table("what", "beside", ">median", ">least - greatest", ">should be", "")
    for target in TARGETS:
        values = comparison.ratios(target)
        if not values:
            continue
        value = statistics.median(values)
        unit = "x" if target.peer else f" {comparison.series[target.name].unit}"
        table.add_row(
            target.name,
            target.peer.rpartition(": ")[2] if target.peer else "-",
            f"{number(value)}{unit}",
            spread(values),
            f"{target.sign} {number(target.bound)}{unit}",
            "reached" if target.holds(value) else "MISSED",
        )
    return table


def account(comparison: Comparison) -> dict[str, Any]:
    """Return everything as plain data."""
    return {
        "series": {
            name: {"unit": series.unit, "median": series.median, "values": series.values}
            for name, series in comparison.series.items()
        },
        "targets": [
            {
                "what": target.name,
                "beside": target.peer,
                "median": statistics.median(values),
                "values": values,
                "should_be": f"{target.sign} {target.bound}",
                "reached": target.holds(statistics.median(values)),
            }
            for target in TARGETS
            if (values := comparison.ratios(target))
        ],
        "absent": comparison.absent,
    }


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", no_wrap=True)
    return table


def main() -> None:
    """Measure, print, and leave the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds, 5 unless given")
    parser.add_argument("--only", default="", metavar="NAME", help="only what has this in its name, such as stride")
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="FILE", help="where the figures go")
    parser.add_argument("--no-cold", action="store_true", help="leave out what takes a minute: cold start, sweep")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: 1 or more is right")
    console = Console(width=None if Console().is_terminal else 160, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(options.only, Path(folder))
        for name, reason in comparison.absent.items():
            console.print(f"left out: {name}: {reason}")
        for _ in range(options.rounds):
            comparison.round()
        if not options.no_cold:
            comparison.once()
    if not comparison.series:
        parser.error(f"--only {options.only}: nothing has this in its name")
    console.print(rates_table(comparison))
    console.print()
    console.print(targets_table(comparison))
    options.json.write_text(json.dumps(account(comparison), indent=2) + "\n")


if __name__ == "__main__":
    main()
