"""Words back to text, from the same table the assembler reads.

What comes out goes in again: assembling the text of a word gives that word. Words that no text can
express (illegal ones, reserved fields set, misaligned targets) come out as `.word`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import overload

from isa.encoding import Form, aqrl_of, encode, immediate, rd_of, rs1_of, rs2_of
from isa.instructions import Instruction, find
from isa.program import Program
from isa.pseudo import RAW_WORDS
from isa.registers import register_name
from isa.segment import Segment
from isa.upper import upper

_ORDERINGS = ("", ".rl", ".aq", ".aqrl")
_RAW = {word: name for name, word in RAW_WORDS.items()}


@overload
def disassemble(what: int, address: int | None = None) -> str: ...
@overload
def disassemble(what: Program) -> str: ...
def disassemble(what: int | Program, address: int | None = None) -> str:
    """The text of an instruction word (0 <= word < 2**32), or the listing of a whole program.

    Branch targets are relative (`.+16`); if `address`, the word's own, is given, a comment adds where
    they lead. Raises `TypeError` for what is neither.
    """
    if isinstance(what, Program):
        return "\n".join(_listing(what)) + "\n"
    if isinstance(what, bool) or not hasattr(what, "__index__"):
        raise TypeError(f"what: {type(what).__name__} is neither a Program nor an instruction word")
    return _text(int(what), address, {})


def _text(word: int, address: int | None, labels: Mapping[int, str]) -> str:
    if word in _RAW:
        return _RAW[word]
    row = find(word)
    if row is None:
        return f".word {word:#010x}"
    operands = [_operand(pattern, word, row) for pattern in row.operands]
    name = row.name + (_ORDERINGS[aqrl_of(word)] if row.form is Form.AMO else "")
    target = None if address is None else _target(word, row, address)
    if target is not None and target in labels and row.operands[-1] == "target":
        operands[-1] = labels[target]
        target = None
    text = f"{name} {', '.join(operands)}".strip()
    if not _expressible(word, row):
        return f".word {word:#010x}  # {text}"
    if target is None:
        return text
    return f"{text}  # {labels.get(target, hex(target))}"


def _target(word: int, row: Instruction, address: int) -> int | None:
    """The address that a branch, a jump or an `auipc` at `address` makes."""
    if row.form in (Form.B, Form.J) or row.name == "auipc":
        return (address + immediate(word, row.form)) & (1 << 64) - 1
    return None


def _operand(pattern: str, word: int, row: Instruction) -> str:
    value = immediate(word, row.form)
    match pattern:
        case "rd":
            return register_name(rd_of(word))
        case "rs1":
            return register_name(rs1_of(word))
        case "rs2":
            return register_name(rs2_of(word))
        case "(rs1)":
            return f"({register_name(rs1_of(word))})"
        case "imm(rs1)":
            return f"{value}({register_name(rs1_of(word))})"
        case "imm20":
            return hex(upper(value))
        case "target":
            return f".{value:+d}"
        case "pred":
            return _fence_set(value >> 4 & 15)
        case "succ":
            return _fence_set(value & 15)
        case _:
            return str(value)


def _fence_set(bits: int) -> str:
    return "".join(letter for place, letter in enumerate("iorw") if bits & 8 >> place) or "none"


def _expressible(word: int, row: Instruction) -> bool:
    """Do the operands that the syntax shows hold all of the word?"""
    value = immediate(word, row.form)
    if row.name == "fence":
        return word == encode(row.match, row.form, imm=value & 0xFF) and value & 15 != 0 and value >> 4 != 0
    if row.name == "fence.i":
        return word == row.match
    return row.operands[-1:] != ("target",) or value % 4 == 0


def _listing(program: Program) -> Iterator[str]:
    for segment in program.segments:
        yield f"{segment}"
        if segment.executable:
            for start, end in program.own or ((segment.address, segment.end),):
                yield from _code(segment, program.labels, start, end)
        else:
            yield from (
                f"{at:#x} <{name}>" for at, name in program.labels.items() if segment.address <= at < segment.end
            )
        yield ""


def _code(segment: Segment, labels: Mapping[int, str], start: int, end: int) -> Iterator[str]:
    """Yield the instructions of `segment` from `start` to `end`."""
    last = min(end, segment.address + len(segment.data))
    for address in range(max(start, segment.address), last, 4):
        offset = address - segment.address
        if address in labels:
            yield f"{address:#x} <{labels[address]}>:"
        cell = segment.data[offset : min(offset + 4, last - segment.address)]
        word = int.from_bytes(cell, "little")
        text = _text(word, address, labels) if len(cell) == 4 else f".byte {', '.join(map(hex, cell))}"
        yield f"  {address:8x}:  {word:08x}  {text}"
