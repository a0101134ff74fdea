"""Tables for a paper: LaTeX in the manner of booktabs."""

from collections.abc import Iterable, Sequence

LETTERS = {letter: "\\" + letter for letter in "&%$#_{}"} | {  # what these letters are there
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def latex_table(columns: str, titles: Sequence[str], groups: Iterable[Iterable[Sequence[str]]]) -> str:
    """Return a table: `columns` says l or r of each, and there is some space between the groups of lines."""
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _line(titles), r"\midrule"]
    for place, group in enumerate(groups):
        lines += [r"\addlinespace"] if place else []
        lines += map(_line, group)
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _line(cells: Iterable[str]) -> str:
    return " & ".join("".join(LETTERS.get(letter, letter) for letter in cell) for cell in cells) + r" \\"
