"""How large a terminal has to be, in columns and lines."""

COLUMNS, LINES = 80, 24
WIDE = 150, 40  # the smallest one that has room for all panes
