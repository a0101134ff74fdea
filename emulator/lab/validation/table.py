"""Verdicts as tables, CSV and JSON."""

import json
from collections.abc import Iterable, Sequence

from rich.table import Table

from emulator.lab.store import Column, Row, as_csv
from emulator.lab.validation.figure import Figure
from emulator.lab.validation.verdict import Verdict

COLUMNS = (
    Column("row", str, "the row of the table of published figures"),
    Column("figure", str, "which of its figures"),
    Column("what", str, "what was measured"),
    Column("machine", str, "on what"),
    Column("unit", str, "in what"),
    Column("published", str, "as it was published"),
    Column("emulated", str, "as it comes out here; empty where it cannot"),
    Column("least", str, "the tolerance"),
    Column("most", str, "the tolerance; empty for no limit"),
    Column("verdict", str, "within, outside, calibration, cannot be modelled"),
    Column("constants", str, "what it depends on: key=value (how it came to its value)"),
    Column("note", str, "why"),
)


def validation_table(verdicts: Iterable[Verdict]) -> Table:
    """Return one line a figure."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for title, justify in (
        *(("figure", "left"), ("what", "left"), ("machine", "left")),
        *(("published", "right"), ("emulated", "right"), ("", "left"), ("right", "left"), ("verdict", "left")),
    ):
        table.add_column(title, justify=justify)  # type: ignore[arg-type]
    for verdict in verdicts:
        figure = verdict.figure
        table.add_row(
            *(figure.name, figure.what, figure.machine),
            *(number(figure.published), number(verdict.emulated), figure.unit, tolerance(figure), verdict.verdict),
        )
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
    """Return why figures are outside or missing, or what else is to be known of them, a line each."""
    return [f"{verdict.figure.name}: {verdict.figure.note}" for verdict in verdicts if verdict.figure.note]


def record_of(verdict: Verdict) -> Row:
    """Return a verdict as plain text, by column."""
    figure = verdict.figure
    constants = "; ".join(
        f"{constant.key}={constant.value} "
        + (f"(calibrated on {constant.calibrated_on})" if constant.calibrated_on else f"({constant.kind})")
        for constant in verdict.constants
    )
    values = (
        *(figure.row, figure.name, figure.what, figure.machine, figure.unit),
        *(number(figure.published), number(verdict.emulated), *ends(figure)),
        *(verdict.verdict, constants, figure.note),
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
            "machine": verdict.figure.machine,
            "unit": verdict.figure.unit,
            "published": verdict.figure.published,
            "emulated": verdict.emulated,
            "least": verdict.figure.least,
            "most": None if verdict.figure.most == float("inf") else verdict.figure.most,
            "verdict": verdict.verdict,
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
    return number(figure.least), "" if figure.most == float("inf") else number(figure.most)


def tolerance(figure: Figure) -> str:
    """Return what is within, for people."""
    least, most = ends(figure)
    if figure.emulated is None:
        return ""
    return f"{least} to {most}" if most else f"{least} or more"
