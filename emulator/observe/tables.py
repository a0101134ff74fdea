"""The one shape of all tables that people read."""

from rich.table import Table


def table(*columns: str) -> Table:
    """Return an empty table; a column whose name begins with `>` is set to the right."""
    rows = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        rows.add_column(
            column.lstrip(">"), justify="right" if column.startswith(">") else "left", no_wrap=column != columns[-1]
        )
    return rows
