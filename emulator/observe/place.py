"""Where an instruction stands: its source line, or the instruction itself where a program has no source."""

from dataclasses import dataclass
from pathlib import PurePath

from isa import IsaError, Program

SEPARATOR = "   "


@dataclass(frozen=True)
class Place:
    """One instruction as a person finds it again: `where` is `file.s:31` or an address, `text` the instruction.

    `line` is there if it is one of the program's own source, not of a file that this includes.
    """

    where: str
    text: str
    line: int | None = None

    @property
    def subject(self) -> str:
        """What to call it in a sentence."""
        return f"line {self.line}" if self.line else f"the instruction at {self.where}"


def place_of(program: Program | None, pc: int) -> Place:
    """Return where `pc` stands in `program`; None, or an address outside it, gives the address alone."""
    unknown = Place(f"{pc & (1 << 64) - 1:#x}", "")
    if program is None:
        return unknown
    line = program.source_map.line_at(pc)
    if line is not None:
        number = line.number if line.file == program.source_map.file else None
        return Place(f"{PurePath(line.file).name}:{line.number}", _instruction(line.text), number)
    instruction = _disassembled(program, pc)
    line = program.line_at(pc)
    if line is not None:  # of a compiled source, one line of which makes several instructions
        return Place(
            f"{PurePath(line.file).name}:{line.number}", SEPARATOR.join(filter(None, [line.text.strip(), instruction]))
        )
    label = program.symbol_at(pc)
    if label is None:
        return Place(unknown.where, instruction)
    name, distance = label
    return Place(f"{name}+{distance:#x}" if distance else name, instruction)


def _instruction(text: str) -> str:
    """Return a source line without label, comment and surplus blanks."""
    text = text.split("#")[0].split("//")[0]
    words = text.split()
    while words and words[0].endswith(":"):
        words.pop(0)
    return " ".join(words)


def _disassembled(program: Program, pc: int) -> str:
    from isa import disassemble

    try:
        return disassemble(int.from_bytes(program.read(pc, 4), "little"))
    except IsaError:
        return ""
