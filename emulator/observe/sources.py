"""Sources of programs as lines: those of programs in assembly; of others the instructions around a place."""

from pathlib import PurePath
from typing import Any

from emulator.observe.place import place_of
from isa import Program

AROUND = 8  # instructions before and after that of a place
INSTRUCTION_BYTES = 4


class Sources:
    """The sources of a run's programs, each as lines by number; a listing has addresses in the place of numbers."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], dict[int, str]] = {}  # by name and program

    def place(self, program: Program | None, pc: int) -> list[int] | None:
        """Return [number of the source, line] of the instruction at `pc`, None where there is none."""
        if program is None or program.segment_at(pc) is None:
            return None
        line = program.source_map.line_at(pc)
        if line is None:
            return [self._number(program, "", self._around(program, pc)), pc]
        if line.file == program.source_map.file:
            lines = dict(enumerate(program.source_map.lines, 1))
        else:
            spans = program.source_map.spans
            lines = {other.number: other.text for _, _, other in spans if other.file == line.file}
        return [self._number(program, line.file, lines), line.number]

    def _number(self, program: Program, file: str, lines: dict[int, str]) -> int:
        key = file, program.name
        self._files.setdefault(key, {}).update(lines)
        return list(self._files).index(key)

    def _around(self, program: Program, pc: int) -> dict[int, str]:
        reach = AROUND * INSTRUCTION_BYTES
        found = {}
        for address in range(pc - reach, pc + reach + INSTRUCTION_BYTES, INSTRUCTION_BYTES):
            if program.segment_at(address) is not None:
                place = place_of(program, address)
                found[address] = f"{place.where:<24} {place.text}"
        return found

    def written(self) -> list[dict[str, Any]]:
        """Return all sources, ready for JSON: name, whether it is a listing, and (line, text) in order."""
        return [
            {
                "name": PurePath(file or program).name,
                "listing": int(not file),
                "lines": [list(item) for item in sorted(lines.items())],
            }
            for (file, program), lines in self._files.items()
        ]
