"""NUMA nodes: how far they are from each other, as the ACPI's table of distances (SLIT) and `numactl -H` have it.

A row for each node, with its distance to every node: 10 to itself, 20 to one that is twice as far. Rows are joined by
`/` (10,21/21,10), or stand in a file, a line each.
"""

import re
from dataclasses import dataclass

from emulator.base.errors import ConfigError, shown
from emulator.base.files import read_small
from emulator.config.kinds import Kind
from emulator.config.limits import MOST_NODES

LOCAL, FARTHEST = 10, 254  # 255 is a node that cannot be reached (ACPI, SLIT)
RIGHT = "10,21/21,10 is right, or a file"


@dataclass(frozen=True)
class Distances:
    """A square table of distances between nodes; `text` is how it was written."""

    text: str = "10"
    rows: tuple[tuple[int, ...], ...] = ((LOCAL,),)

    @property
    def nodes(self) -> int:
        """How many there are."""
        return len(self.rows)

    def check(self, harts: int) -> None:
        """Raise ConfigError where there are more nodes than harts to be in them."""
        if self.nodes > harts:
            raise ConfigError(f"numa: {self.nodes} nodes are too many for {harts} harts; one for each at most is right")

    def __str__(self) -> str:
        return self.text


class Nodes(Kind):
    """A table of distances, as text or in a file."""

    def take(self, name: str, value: object) -> Distances:
        """Return what `value`, a text, says."""
        if isinstance(value, Distances):
            return value
        text = str(super().take(name, value))
        if re.fullmatch(r"[0-9][0-9, /]*", text):
            return Distances(text, _table(name, text, text.split("/")))
        try:
            lines = read_small(text).split("\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ConfigError(f"{name}: '{shown(text)}' cannot be read: {reason}; {RIGHT}") from None
        lines = [line.partition("#")[0] for line in lines]
        return Distances(text, _table(name, text, [line for line in lines if line.strip()]))


def _table(name: str, text: str, lines: list[str]) -> tuple[tuple[int, ...], ...]:
    """Return the table that `lines` write. Raises ConfigError naming the first row that cannot be in one."""

    def wrong(what: str) -> ConfigError:
        return ConfigError(f"{name}: '{shown(text)}': {what}")

    rows = []
    for node, line in enumerate(lines):
        words = line.replace(",", " ").split()
        for word in words:
            if not (word.isascii() and word.isdigit() and len(word) < 4 and LOCAL <= int(word) <= FARTHEST):
                raise wrong(f"'{shown(word)}', of node {node}, is no distance; {LOCAL} to {FARTHEST} is right")
        if len(words) != len(lines):
            raise wrong(f"node {node} has {len(words)} distances, of {len(lines)} nodes; as many of both are right")
        rows.append(tuple(map(int, words)))
    if not 0 < len(rows) <= MOST_NODES:
        raise wrong(f"{len(rows)} nodes; 1 to {MOST_NODES} are right")
    for node, row in enumerate(rows):
        if row[node] != LOCAL:
            raise wrong(f"node {node} is {row[node]} from itself; {LOCAL} is right")
        for other in range(node):
            if row[other] != rows[other][node]:
                both = f"{rows[other][node]} one way and {row[other]} the other"
                raise wrong(f"nodes {other} and {node} are {both}; the same is right")
    return tuple(rows)
