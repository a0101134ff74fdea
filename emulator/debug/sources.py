"""Which instructions a line of a source has become, and the other way round."""

import os
from collections.abc import Iterator

from isa import Program
from isa.source import SourceLine

INSTRUCTION_BYTES = 4


class Sources:
    """The lines of one program: those of its files that instructions came from."""

    def __init__(self, program: Program) -> None:
        self._starts: dict[tuple[str, int], list[int]] = {}
        before = None
        for address in _instructions(program):
            line = program.line_at(address)
            here = (path_of(line), line.number) if line is not None else None
            if here is not None and here != before:
                self._starts.setdefault(here, []).append(address)
            before = here

    def addresses(self, path: str, number: int) -> list[int]:
        """Return where the instructions of line `number` begin, ascending; none if there are none."""
        return self._starts.get((os.path.abspath(path), number), [])


def path_of(line: SourceLine) -> str:
    """Return the whole path of the file that a line is of."""
    return os.path.abspath(line.file)


def place_name(program: Program, address: int) -> str:
    """Return an address as the nearest label before it and the distance, in hexadecimal where there is none."""
    found = program.symbol_at(address)
    if found is None:
        return f"{address:#x}"
    return f"{found[0]}+{found[1]}" if found[1] else found[0]


def _instructions(program: Program) -> Iterator[int]:
    for segment in program.segments:
        if segment.executable:
            yield from range(segment.address, segment.end, INSTRUCTION_BYTES)
