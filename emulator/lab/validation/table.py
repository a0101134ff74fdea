"""Verdicts as tables, CSV and JSON."""

import json
from collections.abc import Iterable, Sequence

from rich.table import Table

from emulator.lab.latex import latex_table
from emulator.lab.store import Column, Row, as_csv
from emulator.lab.validation.figure import Figure
from emulator.lab.validation.kind import KINDS
from emulator.lab.validation.verdict import OUTSIDE, WITHIN, Verdict

COLUMNS = (
    Column("row", str, "the row of the table of published figures"),
    Column("figure", str, "which of its figures"),
    Column("what", str, "what was measured"),
    Column("claim", str, "which claim of its publication it is a figure of"),
    Column("machine", str, "on what"),
    Column("profile", str, "on the machine of which profile it is emulated"),
    Column("unit", str, "in what"),
    Column("published", str, "as it was published; empty where nobody has"),
    Column("emulated", str, "as it comes out here; empty where it cannot"),
    Column("lowest", str, "the least that it comes out as on machines that are like this one; empty without --seeds"),
    Column("highest", str, "the most"),
    Column("least", str, "the tolerance"),
    Column("most", str, "the tolerance"),
    Column("verdict", str, "within, outside, cannot be modelled, none published"),
    Column("kind", str, "prediction, same publication, identity, calibration; empty where nothing is emulated"),
    Column("constants", str, "what it depends on: key=value (how it came to its value)"),
    Column("note", str, "why"),
)


def validation_table(verdicts: Sequence[Verdict]) -> Table:
    """Return one line a figure, with error bars where they were measured."""
    bars = any(verdict.spread for verdict in verdicts)
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title, justify in (
        *(("figure", "left"), ("what", "left"), ("profile", "left"), ("published", "right"), ("emulated", "right")),
        *((("range", "right"),) if bars else ()),
        *(("", "left"), ("right", "left"), ("verdict", "left"), ("kind", "left")),
    ):
        table.add_column(title, justify=justify)
    for verdict in verdicts:
        figure = verdict.figure
        table.add_row(
            *(figure.name, figure.what, figure.profile if figure.runs else ""),
            *(number(figure.published), number(verdict.emulated)),
            *(((" to ".join(map(number, verdict.spread)) if verdict.spread else ""),) if bars else ()),
            *(figure.unit, tolerance(figure), verdict.verdict, verdict.kind),
        )
    return table


def latex_of(verdicts: Iterable[Verdict]) -> str:
    """Return what is emulated as a table for a paper, a group of lines for each row of the table of figures."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for verdict in verdicts:
        figure = verdict.figure
        if verdict.emulated is not None:
            bars = " to ".join(map(number, verdict.spread)) if verdict.spread else ""
            numbers = (number(figure.published), number(verdict.emulated), bars, tolerance(figure))
            line = (figure.name, figure.what, figure.profile, *numbers, figure.unit, verdict.verdict, verdict.kind)
            groups.setdefault(figure.row, []).append(line)
    titles = ("figure", "what", "profile", "published", "emulated", "range", "right", "unit", "verdict", "kind")
    return latex_table("lllrrrrlll", titles, groups.values())


def kinds_table(verdicts: Iterable[Verdict]) -> Table:
    """Return one line a kind: how many rows are within, and outside."""
    verdicts = list(verdicts)
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title in ("kind", WITHIN, OUTSIDE):
        table.add_column(title, justify="left" if title == "kind" else "right")
    for kind in KINDS:
        found = [verdict.verdict for verdict in verdicts if verdict.kind == kind]
        table.add_row(kind, str(found.count(WITHIN)), str(found.count(OUTSIDE)))
    return table


def constants_table(verdicts: Iterable[Verdict]) -> Table:
    """Return one line a constant and value: how it came to be, and which figures it bears on."""
    bears: dict[tuple[str, ...], list[str]] = {}
    for verdict in verdicts:
        for constant in verdict.constants:
            how = f"calibrated on {constant.calibrated_on}" if constant.calibrated_on else constant.kind
            rows = bears.setdefault((constant.key, constant.value, how), [])
            if verdict.figure.row not in rows:
                rows.append(verdict.figure.row)
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title in ("constant", "value", "how it came to be", "bears on"):
        table.add_column(title, justify="right" if title == "value" else "left")
    for (key, value, how), rows in bears.items():
        table.add_row(key, value, how, ", ".join(rows))
    return table


def notes(verdicts: Iterable[Verdict]) -> list[str]:
    """Return why figures are outside or missing, or what else is to be known of them, a line each note."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.figure.note:
            found.setdefault(verdict.figure.note, []).append(verdict.figure.name)
    return [f"{', '.join(names)}: {note}" for note, names in found.items()]


def record_of(verdict: Verdict) -> Row:
    """Return a verdict as plain text, by column."""
    figure = verdict.figure
    constants = "; ".join(
        f"{constant.key}={constant.value} "
        + (f"(calibrated on {constant.calibrated_on})" if constant.calibrated_on else f"({constant.kind})")
        for constant in verdict.constants
    )
    values = (
        *(figure.row, figure.name, figure.what, figure.of_claim, figure.machine),
        *(figure.profile if figure.runs else "", figure.unit),
        *(number(figure.published), number(verdict.emulated), *map(number, verdict.spread or (None, None))),
        *(*ends(figure), verdict.verdict, verdict.kind, constants, figure.note),
    )
    return dict(zip((column.name for column in COLUMNS), values, strict=True))


def csv_of(verdicts: Iterable[Verdict]) -> str:
    """Return the verdicts as CSV."""
    return as_csv(map(record_of, verdicts), COLUMNS)


def json_of(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as JSON, with numbers as they are and the source of every constant."""
    figures = [
        {
            "row": verdict.figure.row,
            "figure": verdict.figure.name,
            "what": verdict.figure.what,
            "claim": verdict.figure.of_claim,
            "machine": verdict.figure.machine,
            "profile": verdict.figure.profile if verdict.figure.runs else None,
            "unit": verdict.figure.unit,
            "published": verdict.figure.published,
            "emulated": verdict.emulated,
            "range": verdict.spread,
            "least": verdict.figure.limits[0] if verdict.figure.emulated else None,
            "most": verdict.figure.limits[1] if verdict.figure.emulated else None,
            "verdict": verdict.verdict,
            "kind": verdict.kind or None,
            "constants": [
                {
                    "key": constant.key,
                    "value": constant.value,
                    "kind": constant.kind,
                    "calibrated_on": constant.calibrated_on or None,
                    "source": constant.source,
                }
                for constant in verdict.constants
            ],
            "note": verdict.figure.note,
        }
        for verdict in verdicts
    ]
    return json.dumps({"experiment": "validation", "figures": figures}, indent=2) + "\n"


def number(value: float | None) -> str:
    """Return a number with three digits that count, or nothing for none."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ends(figure: Figure) -> tuple[str, str]:
    """Return the least and the most that are within."""
    if figure.emulated is None:
        return "", ""
    return number(figure.limits[0]), number(figure.limits[1])


def tolerance(figure: Figure) -> str:
    """Return what is within, for people."""
    least, most = ends(figure)
    if figure.emulated is None:
        return ""
    return f"{least} to {most}"
