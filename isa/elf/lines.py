"""DWARF line tables: which line of a source, in C or assembly, a compiler made an instruction of (`-g`)."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isa.source import SourceLine

if TYPE_CHECKING:
    from elftools.dwarf.lineprogram import LineProgram

LARGEST_SOURCE = 1 << 24  # bytes of a file whose lines are shown


@dataclass(frozen=True)
class LineTable:
    """The line tables of an ELF file that was loaded at `base`, read when first asked for; empty where damaged."""

    content: bytes
    base: int = 0

    def line_at(self, address: int) -> SourceLine | None:
        """The line that the instruction at `address` comes from, its text "" where the source cannot be read."""
        index = bisect_right(self._spans, address, key=lambda span: span[0]) - 1
        if index < 0 or address >= self._spans[index][1]:
            return None
        _, _, file, number = self._spans[index]
        lines = _lines_of(file)
        return SourceLine(file, number, lines[number - 1] if 0 < number <= len(lines) else "")

    @cached_property
    def _spans(self) -> list[tuple[int, int, str, int]]:
        """Start, end, file and number of each line's instructions, ascending."""
        from elftools.elf.elffile import ELFFile

        spans: list[tuple[int, int, str, int]] = []
        try:
            elf = ELFFile(BytesIO(self.content))
            if not elf.has_dwarf_info():
                return []
            dwarf = elf.get_dwarf_info(follow_links=False)
            for unit in dwarf.iter_CUs():
                program = dwarf.line_program_for_CU(unit)
                if program is not None:
                    spans += _spans_of(program, _folder_of(unit), self.base)
        except Exception:  # pyelftools raises whatever a damaged file makes it trip over
            pass
        return sorted(spans)


def _spans_of(program: LineProgram, folder: str, base: int) -> Iterator[tuple[int, int, str, int]]:
    files = _files_of(program, folder)
    before = None
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if before is not None and before.address < state.address and before.line:
            yield before.address + base, state.address + base, files.get(before.file, "?"), before.line
        before = None if state.end_sequence else state


def _files_of(program: LineProgram, folder: str) -> dict[int, str]:
    """Return the path of each file by its number: files count from 0 in DWARF 5, from 1 before it."""
    modern = program["version"] >= 5
    folders = [_text(name) for name in program["include_directory"]]
    if not modern:
        folders.insert(0, folder)
    files = {}
    for number, entry in enumerate(program["file_entry"], 0 if modern else 1):
        place = folders[entry.dir_index] if entry.dir_index < len(folders) else ""
        files[number] = os.path.join(folder, place, _text(entry.name))
    return files


def _folder_of(unit: Any) -> str:
    """Return where the compiler worked: relative names begin there."""
    attribute = unit.get_top_DIE().attributes.get("DW_AT_comp_dir")
    return _text(attribute.value) if attribute is not None else ""


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


@cache
def _lines_of(file: str) -> tuple[str, ...]:
    """Return the lines of a source, none where it cannot be read."""
    try:
        path = Path(file)
        if not path.is_file() or path.stat().st_size > LARGEST_SOURCE:
            return ()
        return tuple(path.read_text("utf-8", "replace").split("\n"))
    except (OSError, ValueError):
        return ()
