"""Notebooks with the outputs of their cells: `python -m docs.notebooks` runs them and writes the outputs anew.

Only what a notebook holds in the end is made: what each cell prints, and what its last expression shows. So no notebook
server is needed, and the outputs are the same each time.
"""

import ast
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

NOTEBOOKS = tuple(sorted((Path(__file__).parent / "notebook").glob("*.ipynb")))

Cell = dict[str, Any]


def read(path: Path) -> dict[str, Any]:
    """Return a notebook as it is written (nbformat 4.5)."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def written(notebook: dict[str, Any]) -> str:
    """Return a notebook as text."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def ran(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook after a run of all its cells in order, which share their names."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells, count = [], 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell = {**cell, "execution_count": count, "outputs": list(_outputs(cell["source"], names, count))}
        cells.append(cell)
    return {**notebook, "cells": cells}


def _outputs(source: str, names: dict[str, Any], count: int) -> Iterator[Cell]:
    """Run a cell; yield what it prints, and its last expression where that is one and not None."""
    tree, value, out = ast.parse(source), None, io.StringIO()
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(out):
        exec(compile(tree, "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    if out.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": out.getvalue()}
    if value is not None:
        data = {"text/plain": f"<{type(value).__name__}>"}
        if hasattr(value, "_repr_html_"):
            data = {"text/html": value._repr_html_(), **data}
        yield {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}


def main() -> None:
    """Run each notebook and write its outputs."""
    for path in NOTEBOOKS:
        path.write_text(written(ran(read(path))), encoding="utf-8")


if __name__ == "__main__":
    main()
