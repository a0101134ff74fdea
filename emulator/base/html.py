"""Small pieces of HTML for notebooks: no script, no style sheet, and no colours but the page's own, light or dark.

All text is escaped here, so that nothing a program says can be taken for HTML.
"""

from collections.abc import Iterable, Sequence
from html import escape

TABLE = "border-collapse: collapse; margin: 0.3em 0; font: inherit; color: inherit"
CELL = "padding: 0 0.8em 0 0; border: none; text-align: {}; vertical-align: top"
BESIDE = "display: flex; flex-wrap: wrap; gap: 0 2.5em; align-items: flex-start; overflow-x: auto"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; a column whose name begins with `>` is set to the right. Whole numbers are grouped by threes."""
    sides = ["right" if column.startswith(">") else "left" for column in columns]
    head = _row("th", [column.lstrip(">") for column in columns], sides) if any(columns) else ""
    body = "".join(_row("td", row, sides) for row in rows)
    return f'<table style="{TABLE}">{head}{body}</table>'


def paragraph(text: object, style: str = "") -> str:
    """Return text as a paragraph."""
    return f'<p style="margin: 0.3em 0; {style}">{escape(str(text))}</p>'


def title(text: object) -> str:
    """Return text as the title of what follows."""
    return paragraph(text, "font-weight: bold")


def verbatim(text: str) -> str:
    """Return text with its lines and blanks as they are."""
    return f'<pre style="margin: 0.3em 0; white-space: pre-wrap">{escape(text)}</pre>'


def folded(summary: str, content: str) -> str:
    """Return `content`, which is HTML, behind a line that opens it."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def beside(*parts: str) -> str:
    """Return parts, which are HTML, beside each other where there is room."""
    return f'<div style="{BESIDE}">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def edged(content: str, colour: str) -> str:
    """Return `content`, which is HTML, with an edge of a colour that CSS knows by name."""
    return f'<div style="border-left: 4px solid {colour}; padding-left: 0.7em; margin: 0.6em 0">{content}</div>'


def _row(kind: str, cells: Sequence[object], sides: Sequence[str]) -> str:
    inside = "".join(
        f'<{kind} style="{CELL.format(side)}">{escape(_written(cell))}</{kind}>'
        for cell, side in zip(cells, sides, strict=True)
    )
    return f'<tr style="background: none">{inside}</tr>'


def _written(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
