"""From a statement to instruction words whose addresses are still open.

Operands are matched against the patterns in the tables (`rd`, `imm(rs1)`, `target`, ...). The first
row that fits gives the `Word`s; if none fits, the message says which operand was wrong and why.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from isa.encoding import Form
from isa.errors import EncodingError, Mistake, nearest, shortened
from isa.expressions import Scope, Unresolved, evaluate
from isa.instructions import BY_NAME, INSTRUCTIONS
from isa.pseudo import ADDRESS, CONSTANT, PSEUDO, RAW_WORDS, load_constant
from isa.registers import REGISTERS, register_number
from isa.section import Value
from isa.statements import Statement
from isa.syntax import Expression, Number, Operand, Symbol
from isa.upper import UPPER_MASK, from_upper


class Word(NamedTuple):
    """One instruction word, but for the value of its immediate.

    `role` says what `value` means: `number` and `imm` the immediate itself, `imm20` its upper 20 bits,
    `target` the address to reach from here, `hi` and `lo` the parts of a pc-relative pair.
    """

    name: str
    match: int
    form: Form
    rd: int = 0
    rs1: int = 0
    rs2: int = 0
    role: str = "number"
    value: Expression | int = 0


Bindings = dict[str, int | Expression]

_FENCE_SET = re.compile(r"i?o?r?w?")
_WANTED = {
    "rd": "a register", "rs1": "a register", "rs2": "a register", "rt": "a register",
    "imm": "a number", "shamt": "a shift amount", "imm20": "a 20-bit number or %hi(symbol)",
    "target": "a label", "symbol": "a label", "imm(rs1)": "an address such as 8(a0)",
    "(rs1)": "an address such as (a0)", "%tprel_add": "%tprel_add(symbol)",
    "pred": "a set out of iorw", "succ": "a set out of iorw",
}  # fmt: skip
_COUNTER_NUMBERS = {"cycle": 0xC00, "time": 0xC01, "instret": 0xC02}


def _register(symbol: Symbol | None) -> int | None:
    return None if symbol is None else register_number(symbol.name)


def _bind(pattern: str, operand: Operand | None, into: Bindings) -> bool:
    """Does `operand` fit `pattern`? If so, its parts go `into` the bindings."""
    if operand is None or operand.text is not None:
        return False
    if pattern in ("imm(rs1)", "(rs1)"):
        return _bind_address(pattern, operand, into)
    expression = operand.number
    if expression is None:
        return False
    symbol = expression.symbol if operand.base is None else None
    if pattern in ("rd", "rs1", "rs2", "rt"):
        number = _register(symbol)
        if number is not None:
            into[pattern] = number
        return number is not None
    if pattern in ("pred", "succ"):
        if symbol is None or not _FENCE_SET.fullmatch(symbol.name):
            return False
        into[pattern] = _fence_bits(symbol.name)
        return True
    if pattern.startswith("="):
        return _is_named(pattern[1:], expression)
    if pattern.startswith("%"):
        return expression.relocation == pattern
    return _bind_value(pattern, expression, into)


def _bind_value(pattern: str, expression: Expression, into: Bindings) -> bool:
    if pattern in ("target", "symbol"):
        # Only what stands for an address can be the goal of a jump or a pc-relative pair; as in GNU as it may be a
        # label that has the name of a register.
        if expression.relocation or (pattern == "symbol" and expression.number is not None):
            return False
    elif _register(expression.symbol) is not None:
        return False
    into[pattern] = expression
    return True


def _bind_address(pattern: str, operand: Operand, into: Bindings) -> bool:
    """`8(a0)` or `(a0)`; where the instruction has no offset, 0 is the only one."""
    base = _register(operand.base)
    offset = operand.expression or Expression((Number(0, operand.at, 1),), operand.at, 1)
    zero = offset.number is not None and offset.number.number == 0
    if base is None or (pattern == "(rs1)" and not zero):
        return False
    into["rs1"] = base
    into["imm"] = offset
    return True


def _is_named(name: str, expression: Expression) -> bool:
    """Is this the counter or the register `name`, under any of its names?"""
    if expression.number is not None:
        return expression.number.number == _COUNTER_NUMBERS.get(name)
    symbol = expression.symbol
    return symbol is not None and (symbol.name == name or (name in REGISTERS and _register(symbol) == REGISTERS[name]))


def _fence_bits(letters: str) -> int:
    return sum(8 >> "iorw".index(letter) for letter in letters)


def fits(patterns: list[str], operands: tuple[Operand | None, ...], into: Bindings) -> bool:
    """Do `operands` fit `patterns` one by one? If so they are all bound."""
    return len(patterns) == len(operands) and all(map(_bind, patterns, operands, [into] * len(operands)))


class _Template(NamedTuple):
    """One instruction of an expansion: for each field a number, or the name of the binding that fills it."""

    name: str
    fields: dict[str, int | str]


@cache  # one for each row of the tables
def _template(text: str) -> _Template:
    name, _, rest = text.partition(" ")
    row = BY_NAME[name]
    fields: dict[str, int | str] = {}
    for pattern, part in zip(row.operands, rest.split(", ") if rest else (), strict=True):
        if pattern in ("imm(rs1)", "(rs1)"):
            offset, _, base = part[:-1].partition("(")
            fields["imm"] = _source(offset or "0")
            fields["rs1"] = _source(base)
        elif pattern in ("pred", "succ"):
            fields[pattern] = part if part == pattern else _fence_bits(part)
        else:
            fields["imm" if pattern in ("imm20", "shamt", "target") else pattern] = _source(part)
    return _Template(name, fields)


def _source(text: str) -> int | str:
    if text in REGISTERS:
        return REGISTERS[text]
    return int(text) if text.lstrip("-").isdigit() else text


def word_of(name: str, match: int, form: Form, registers: Bindings, role: str, value: Expression | int) -> Word:
    """A word whose register fields are bound by their names; those that are not stay 0."""
    rd, rs1, rs2 = (registers.get(field, 0) for field in ("rd", "rs1", "rs2"))
    assert isinstance(rd, int)
    assert isinstance(rs1, int)
    assert isinstance(rs2, int)
    return Word(name, match, form, rd, rs1, rs2, role, value)


def _word(template: _Template, bound: Bindings, aqrl: int = 0) -> Word:
    row = BY_NAME[template.name]
    filled = {name: bound[source] if isinstance(source, str) else source for name, source in template.fields.items()
              if name != "imm"}  # fmt: skip
    match = row.match | aqrl << 25
    source = template.fields.get("imm", 0)
    if isinstance(source, str):
        value = bound["symbol" if source in ("hi", "lo") else source]
        return word_of(row.name, match, row.form, filled, "imm" if source == "shamt" else source, value)
    if row.name == "fence":
        pred, succ = filled["pred"], filled["succ"]
        assert isinstance(pred, int)
        assert isinstance(succ, int)
        source = pred << 4 | succ
    return word_of(row.name, match, row.form, filled, "number", source)


@cache
def _shapes() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Every mnemonic with the operand syntaxes it takes and what each expands to."""
    table: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for row in INSTRUCTIONS:
        table.setdefault(row.name, []).append((row.syntax, (f"{row.name} {row.syntax}".strip(),)))
    for pseudo in PSEUDO:
        table.setdefault(pseudo.name, []).append((pseudo.syntax, pseudo.expansion))
    return table


_ORDERINGS = {".aq": 2, ".rl": 1, ".aqrl": 3}


def expand(statement: Statement, scope: Scope) -> list[Word]:
    """The words that an instruction statement stands for; raises `Mistake` if it is none."""
    name = statement.name
    if name in RAW_WORDS and not statement.rest.strip():
        return [Word(name, RAW_WORDS[name], Form.FIXED)]
    aqrl = 0
    for suffix, bits in _ORDERINGS.items():
        stem = name.removesuffix(suffix)
        if stem != name and stem in BY_NAME and BY_NAME[stem].form is Form.AMO:
            name, aqrl = stem, bits
    shapes = _shapes().get(name)
    if shapes is None and name.lower() != name:
        return expand(replace(statement, name=name.lower()), scope)
    if shapes is None:
        raise Mistake(_unknown(name), statement.at, len(statement.name))
    operands = statement.operands
    for syntax, expansion in shapes:
        patterns = syntax.split(", ") if syntax else []
        bound: Bindings = {}
        if not fits(patterns, operands, bound):
            continue
        if expansion == CONSTANT:
            return _constant(name, bound, scope)
        if expansion == ADDRESS:
            known = _known(bound["symbol"], scope)
            if known is not None and known.fragment is None:
                return _constant(name, {**bound, "imm": bound["symbol"]}, scope)
        return [_word(_template(text), bound, aqrl) for text in expansion]
    raise no_shape(statement, name, [syntax for syntax, _ in shapes])


def _known(expression: int | Expression, scope: Scope) -> Value | None:
    assert not isinstance(expression, int)
    try:
        return evaluate(expression, scope)
    except Unresolved:
        return None


def _constant(name: str, bound: Bindings, scope: Scope) -> list[Word]:
    rd, expression = bound["rd"], bound["imm"]
    assert isinstance(rd, int)
    assert not isinstance(expression, int)
    value = evaluate(expression, scope)
    if value.fragment is not None or expression.relocation:
        raise Mistake(f"'{name}' takes a number; 'la' takes an address", expression.at, expression.width)
    words = []
    for step, chained, number in load_constant(value.number, name):
        row = BY_NAME[step]
        imm = from_upper(number) if row.form is Form.U else number
        words.append(Word(name, row.match, row.form, rd, rd if chained else 0, 0, "number", imm))
    return words


def no_shape(statement: Statement, name: str, syntaxes: list[str]) -> Mistake:
    """Why no row fits: the first operand that is wrong in the row that got furthest."""
    written = " or ".join(f"'{f'{name} {syntax}'.rstrip()}'" for syntax in syntaxes)
    if name in ("csrr", "csrrs"):
        message = f"'{name}' reads only cycle, time and instret in this ISA, into a register"
        return Mistake(message, statement.at, len(name))
    operands = statement.operands
    best: tuple[int, str] = (-1, "")
    for syntax in syntaxes:
        patterns = syntax.split(", ") if syntax else []
        if len(patterns) != len(operands):
            continue
        good = 0
        while _bind(patterns[good], operands[good], {}):
            good += 1
        best = max(best, (good, patterns[good]), key=lambda entry: entry[0])
    index, pattern = best
    if index < 0:
        count = len(operands)
        return Mistake(f"'{name}' with {count} operand{'s' * (count != 1)}; it is {written}", statement.at, len(name))
    operand = operands[index]
    message = f"operand {index + 1} of '{name}' must be {_WANTED[pattern]}; it is {written}"
    if operand is None:
        return Mistake(message, statement.at, len(name))
    return Mistake(message, operand.at, operand.width)


# What people type that is RISC-V, but not of this ISA.
_LACKING = (
    (r"c\.\w+", "has no compressed instructions"),
    (
        r"f(l[wdqh]|s[wdqh]|mv|cvt|add|sub|mul|div|sqrt|n?madd|n?msub|sgnj\w?|min|max|eq|lt|le|class|abs|neg)(\.\w+)*",
        "has no floating point",
    ),
    (r"csr\w+|frcsr|fscsr", "has no CSR instructions but rdcycle, rdtime and rdinstret"),
    (r"[msu]ret|wfi|hfence\.\w+|sinval\.vma", "has no privileged instruction but sfence.vma"),
    (r"v[a-z0-9]+\.[a-z.0-9]+|vset\w+", "has no vectors"),
    (
        r"(andn|orn|xnor|c[lt]zw?|cpopw?|(max|min)u?|ro[lr]i?w?|rev8|orc\.b|sh[123]add|b(set|clr|inv|ext)i?|add\.uw"
        r"|packh?w?|clmul[hr]?)(\.uw)?",
        "has no bit-manipulation instructions",
    ),
    (r"lga|la\.tls\.\w+|la\.got", "has programs at fixed addresses, without a table of addresses (GOT); 'la' does"),
    (r"pause|cbo\.\w+|prefetch\.\w", "has no hints or cache-block operations"),
)


def _unknown(name: str) -> str:
    for pattern, what in _LACKING:
        if re.fullmatch(pattern, name):
            return f"'{name}': this ISA {what}"
    hint = nearest(name, [*_shapes(), *RAW_WORDS])
    return f"unknown instruction '{shortened(name)}'{hint}"


def immediate_of(word: Word, value: int) -> int:
    """Check and scale `value`, which belongs in the immediate of `word`; raises `EncodingError`."""
    if word.role == "imm20":
        if not 0 <= value <= UPPER_MASK:
            raise EncodingError(f"immediate {value} does not fit in 20 bits unsigned (0..1048575)")
        return from_upper(value)
    return value
