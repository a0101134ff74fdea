"""What has been published of forks of large parents, beside what rows of the experiment say: V14 to V17.

V14 A fork() in the road (HotOS 2019). V15 On-demand-fork (EuroSys 2021). V16 the documentation of Redis. V17 Lin's
series on copy-on-write page tables (2022-23), measured under QEMU. A figure of a gigabyte is taken from rows of the
experiment by the slope between its smallest and its largest parent.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from emulator.config import Profile
from emulator.lab.fork.measure import Row
from emulator.lab.fork.table import FRAME_KIB
from emulator.lab.validation.constant import constant_of
from emulator.lab.validation.figure import Figure, near
from emulator.lab.validation.kind import kind_of
from emulator.lab.validation.verdict import UNPUBLISHED, Verdict, verdict_of

GIGABYTE = 1 << 18  # pages


@dataclass(frozen=True)
class Line:
    """What a flavour takes, as a line through its smallest and its largest parent: cycles and frames by pages."""

    slope: float
    at_gigabyte: float
    smallest: Row
    largest: Row


Lines = dict[tuple[str, str], Line]  # by child and flavour
Value = Callable[[Lines], float]
ANY = ("exit", "touch", "exec")  # until the parent goes on it is all the same what the child will do


def lines_of(rows: Sequence[Row]) -> Lines:
    """Return the lines of all children and flavours that were measured with parents of two sizes."""
    found = {}
    for key in dict.fromkeys((row.case.child, row.case.flavour) for row in rows):
        own = sorted((row for row in rows if (row.case.child, row.case.flavour) == key), key=lambda row: row.case.pages)
        first, last = own[0], own[-1]
        if last.case.pages > first.case.pages:
            slope = (last.parent - first.parent) / (last.case.pages - first.case.pages)
            found[key] = Line(slope, last.parent + slope * (GIGABYTE - last.case.pages), first, last)
    return found


def _line(lines: Lines, flavour: str, *children: str) -> Line:
    """Return the line of `flavour` with the first of `children` that was measured. Raises KeyError for none."""
    return lines[next((key for key in ((child, flavour) for child in children) if key in lines), ("", flavour))]


def _slope(flavour: str) -> Value:
    return lambda lines: _line(lines, flavour, *ANY).slope


def _tables(flavour: str) -> Value:
    def value(lines: Lines) -> float:
        line = _line(lines, flavour, "exit", "touch")  # with exec, frames of the new program's are among them
        small, large = (row.tables - row.tables_copied for row in (line.smallest, line.largest))
        each = (large - small) / (line.largest.case.pages - line.smallest.case.pages)
        return FRAME_KIB * (large + each * (GIGABYTE - line.largest.case.pages))

    return value


def _rises(flavour: str) -> Value:
    def value(lines: Lines) -> float:
        line = _line(lines, flavour, "exec")
        return line.largest.parent / line.smallest.parent

    return value


def _faster(lines: Lines) -> float:
    return _line(lines, "cow", *ANY).at_gigabyte / _line(lines, "shared-tables", *ANY).at_gigabyte


def _figure(name: str, what: str, published: float | None, unit: str, prices: str, **more: object) -> Figure:
    limits = near(published) if published is not None else (0, 0)
    return Figure(
        name=name,
        what=what,
        machine="not stated",
        published=published,
        unit=unit,
        limits=more.pop("limits", limits),  # type: ignore[arg-type]
        prices=tuple(prices.split()),
        **more,  # type: ignore[arg-type]
    )


PUBLISHED: tuple[tuple[Figure, Value], ...] = (
    (
        _figure("V14 posix_spawn", "posix_spawn, the largest parent over the smallest", 1.0, "x", "process"),
        _rises("posix_spawn"),
    ),
    (
        _figure("V14 fork", "fork, the same", None, "x", "pte_fork", note="it rises, in a plot without numbers"),
        _rises("cow"),
    ),
    (_figure("V15 1 GB", "fork, for each PTE", 24.8, "ns", "pte_fork"), _slope("cow")),
    (_figure("V15 50 GB", "fork, for each PTE", 19.4, "ns", "pte_fork"), _slope("cow")),
    (_figure("V15 shared tables", "fork of 1 GB over one that shares tables", 65, "x", "pte_fork pte"), _faster),
    (_figure("V16 physical", "fork, for each PTE", 50, "ns", "pte_fork"), _slope("cow")),
    (_figure("V17 fork", "fork, for each PTE", 76, "ns", "pte_fork", note="measured under QEMU"), _slope("cow")),
    (_figure("V17 tables", "page tables of the child of 1 GB", 2096, "KiB", ""), _tables("cow")),
    (
        _figure(
            *("V17 own tables", "those of them that are its own, if it shares", 44, "KiB", ""),
            note="so small a program has fewer regions far apart than one that is linked to libraries",
        ),
        _tables("shared-tables"),
    ),
)
PER_NANOSECOND = "ns"


def verdicts(rows: Sequence[Row], profile: Profile) -> Iterator[Verdict]:
    """Return a verdict on each figure that the rows say something of."""
    lines = lines_of(rows)
    for figure, value in PUBLISHED:
        try:
            emulated = value(lines)
        except KeyError:
            continue
        if figure.unit == PER_NANOSECOND:
            emulated /= profile.clock_ghz
        constants = tuple(constant_of(profile, key) for key in figure.depends)
        if figure.published is None:
            yield Verdict(figure, emulated, UNPUBLISHED, "", constants)
        else:
            kind = kind_of(figure.name, figure.published_by, emulated, None, constants)
            yield Verdict(figure, emulated, verdict_of(figure, emulated), kind, constants)
