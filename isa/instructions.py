"""THE table: one row per instruction serves encoder, decoder, disassembler and the ISA page of the docs.

The set is RV64I (without CSR instructions other than three counter reads), M and A, as the RISC-V
manual, volume I, defines them, plus `fence.i` (Zifencei), `sfence.vma` (volume II) and three teaching
instructions in the custom-0 opcode space, which the manual leaves to implementers.

A word is an instruction if `word & mask == match` for one row; no word fits two rows. The aq and rl
bits of atomics are in no mask, so `lr.w` and `lr.w.aqrl` are one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from isa.encoding import Form
from isa.pseudo import CONSTANT, PSEUDO, RAW_WORDS

__all__ = ["BY_NAME", "INSTRUCTIONS", "Form", "Instruction", "Op", "find", "reference_page"]


@dataclass(frozen=True)
class Instruction:
    """One row. `syntax` names the operands in the order they are written, `meaning` is one line of effect."""

    name: str
    form: Form
    match: int
    mask: int
    syntax: str
    meaning: str
    extension: str

    @property
    def operands(self) -> tuple[str, ...]:
        """The operand patterns: `rd`, `rs1`, `rs2`, `imm`, `target`, `imm(rs1)`, `(rs1)`, ..."""
        return tuple(part.strip() for part in self.syntax.split(",")) if self.syntax else ()


_MASKS = {
    Form.R: 0xFE00707F,
    Form.I: 0x0000707F,
    Form.S: 0x0000707F,
    Form.B: 0x0000707F,
    Form.U: 0x0000007F,
    Form.J: 0x0000007F,
    Form.SHIFT: 0xFC00707F,
    Form.SHIFT_W: 0xFE00707F,
    Form.AMO: 0xF800707F,
    Form.FENCE: 0x0000707F,  # the manual: implementations ignore the fields a fence does not define
    Form.FIXED: 0xFFFFFFFF,
}

_Row = tuple[Any, ...]  # name, form, match, syntax, meaning[, mask where the format's own is not enough]

_BASE: tuple[_Row, ...] = (
    ("lui", Form.U, 0x37, "rd, imm20", "rd = imm20 << 12, sign-extended from bit 31"),
    ("auipc", Form.U, 0x17, "rd, imm20", "rd = pc + (imm20 << 12)"),
    ("jal", Form.J, 0x6F, "rd, target", "rd = pc + 4; pc = target"),
    ("jalr", Form.I, 0x67, "rd, imm(rs1)", "t = (rs1 + imm) & ~1; rd = pc + 4; pc = t"),
    ("beq", Form.B, 0x0063, "rs1, rs2, target", "if rs1 == rs2: pc = target"),
    ("bne", Form.B, 0x1063, "rs1, rs2, target", "if rs1 != rs2: pc = target"),
    ("blt", Form.B, 0x4063, "rs1, rs2, target", "if rs1 < rs2 (signed): pc = target"),
    ("bge", Form.B, 0x5063, "rs1, rs2, target", "if rs1 >= rs2 (signed): pc = target"),
    ("bltu", Form.B, 0x6063, "rs1, rs2, target", "if rs1 < rs2 (unsigned): pc = target"),
    ("bgeu", Form.B, 0x7063, "rs1, rs2, target", "if rs1 >= rs2 (unsigned): pc = target"),
    ("lb", Form.I, 0x0003, "rd, imm(rs1)", "rd = 1 byte at rs1 + imm, sign-extended"),
    ("lh", Form.I, 0x1003, "rd, imm(rs1)", "rd = 2 bytes at rs1 + imm, sign-extended"),
    ("lw", Form.I, 0x2003, "rd, imm(rs1)", "rd = 4 bytes at rs1 + imm, sign-extended"),
    ("ld", Form.I, 0x3003, "rd, imm(rs1)", "rd = 8 bytes at rs1 + imm"),
    ("lbu", Form.I, 0x4003, "rd, imm(rs1)", "rd = 1 byte at rs1 + imm, zero-extended"),
    ("lhu", Form.I, 0x5003, "rd, imm(rs1)", "rd = 2 bytes at rs1 + imm, zero-extended"),
    ("lwu", Form.I, 0x6003, "rd, imm(rs1)", "rd = 4 bytes at rs1 + imm, zero-extended"),
    ("sb", Form.S, 0x0023, "rs2, imm(rs1)", "1 byte at rs1 + imm = rs2"),
    ("sh", Form.S, 0x1023, "rs2, imm(rs1)", "2 bytes at rs1 + imm = rs2"),
    ("sw", Form.S, 0x2023, "rs2, imm(rs1)", "4 bytes at rs1 + imm = rs2"),
    ("sd", Form.S, 0x3023, "rs2, imm(rs1)", "8 bytes at rs1 + imm = rs2"),
    ("addi", Form.I, 0x0013, "rd, rs1, imm", "rd = rs1 + imm"),
    ("slti", Form.I, 0x2013, "rd, rs1, imm", "rd = 1 if rs1 < imm (signed) else 0"),
    ("sltiu", Form.I, 0x3013, "rd, rs1, imm", "rd = 1 if rs1 < imm (unsigned, imm sign-extended first) else 0"),
    ("xori", Form.I, 0x4013, "rd, rs1, imm", "rd = rs1 ^ imm"),
    ("ori", Form.I, 0x6013, "rd, rs1, imm", "rd = rs1 | imm"),
    ("andi", Form.I, 0x7013, "rd, rs1, imm", "rd = rs1 & imm"),
    ("slli", Form.SHIFT, 0x00001013, "rd, rs1, shamt", "rd = rs1 << shamt"),
    ("srli", Form.SHIFT, 0x00005013, "rd, rs1, shamt", "rd = rs1 >> shamt, zeros from above"),
    ("srai", Form.SHIFT, 0x40005013, "rd, rs1, shamt", "rd = rs1 >> shamt, the sign from above"),
    ("add", Form.R, 0x00000033, "rd, rs1, rs2", "rd = rs1 + rs2"),
    ("sub", Form.R, 0x40000033, "rd, rs1, rs2", "rd = rs1 - rs2"),
    ("sll", Form.R, 0x00001033, "rd, rs1, rs2", "rd = rs1 << (rs2 & 63)"),
    ("slt", Form.R, 0x00002033, "rd, rs1, rs2", "rd = 1 if rs1 < rs2 (signed) else 0"),
    ("sltu", Form.R, 0x00003033, "rd, rs1, rs2", "rd = 1 if rs1 < rs2 (unsigned) else 0"),
    ("xor", Form.R, 0x00004033, "rd, rs1, rs2", "rd = rs1 ^ rs2"),
    ("srl", Form.R, 0x00005033, "rd, rs1, rs2", "rd = rs1 >> (rs2 & 63), zeros from above"),
    ("sra", Form.R, 0x40005033, "rd, rs1, rs2", "rd = rs1 >> (rs2 & 63), the sign from above"),
    ("or", Form.R, 0x00006033, "rd, rs1, rs2", "rd = rs1 | rs2"),
    ("and", Form.R, 0x00007033, "rd, rs1, rs2", "rd = rs1 & rs2"),
    ("addiw", Form.I, 0x0000001B, "rd, rs1, imm", "rd = low 32 bits of rs1 + imm, sign-extended"),
    ("slliw", Form.SHIFT_W, 0x0000101B, "rd, rs1, shamt", "rd = low 32 bits of rs1 << shamt, sign-extended"),
    ("srliw", Form.SHIFT_W, 0x0000501B, "rd, rs1, shamt", "rd = rs1[31:0] >> shamt, sign-extended"),
    ("sraiw", Form.SHIFT_W, 0x4000501B, "rd, rs1, shamt", "rd = rs1[31:0] >> shamt, the sign (bit 31) from above"),
    ("addw", Form.R, 0x0000003B, "rd, rs1, rs2", "rd = low 32 bits of rs1 + rs2, sign-extended"),
    ("subw", Form.R, 0x4000003B, "rd, rs1, rs2", "rd = low 32 bits of rs1 - rs2, sign-extended"),
    ("sllw", Form.R, 0x0000103B, "rd, rs1, rs2", "rd = low 32 bits of rs1 << (rs2 & 31), sign-extended"),
    ("srlw", Form.R, 0x0000503B, "rd, rs1, rs2", "rd = rs1[31:0] >> (rs2 & 31), sign-extended"),
    ("sraw", Form.R, 0x4000503B, "rd, rs1, rs2", "rd = rs1[31:0] >> (rs2 & 31), the sign (bit 31) from above"),
    ("fence", Form.FENCE, 0x000F, "pred, succ", "accesses in set pred are seen before those in set succ"),
    ("ecall", Form.FIXED, 0x00000073, "", "trap to the kernel: a system call"),
    ("ebreak", Form.FIXED, 0x00100073, "", "trap to the debugger"),
)

_COUNTERS: tuple[_Row, ...] = (
    ("rdcycle", Form.FIXED, 0xC0002073, "rd", "rd = cycles so far (csrrs rd, cycle, x0)", 0xFFFFF07F),
    ("rdtime", Form.FIXED, 0xC0102073, "rd", "rd = the wall clock's ticks (csrrs rd, time, x0)", 0xFFFFF07F),
    ("rdinstret", Form.FIXED, 0xC0202073, "rd", "rd = instructions retired (csrrs rd, instret, x0)", 0xFFFFF07F),
)

_FENCE_I: tuple[_Row, ...] = (("fence.i", Form.FENCE, 0x100F, "", "later fetches see this hart's earlier stores"),)

_SUPERVISOR: tuple[_Row, ...] = (
    (
        "sfence.vma", Form.R, 0x12000073, "rs1, rs2",
        "drop this hart's translations: of address rs1 (x0: all), of address space rs2 (x0: all)", 0xFE007FFF,
    ),
)  # fmt: skip

_MULTIPLY: tuple[_Row, ...] = (
    ("mul", Form.R, 0x02000033, "rd, rs1, rs2", "rd = low 64 bits of rs1 * rs2"),
    ("mulh", Form.R, 0x02001033, "rd, rs1, rs2", "rd = high 64 bits of rs1 * rs2 (signed by signed)"),
    ("mulhsu", Form.R, 0x02002033, "rd, rs1, rs2", "rd = high 64 bits of rs1 * rs2 (signed by unsigned)"),
    ("mulhu", Form.R, 0x02003033, "rd, rs1, rs2", "rd = high 64 bits of rs1 * rs2 (unsigned by unsigned)"),
    ("div", Form.R, 0x02004033, "rd, rs1, rs2", "rd = rs1 / rs2 toward zero (signed); -1 if rs2 == 0"),
    ("divu", Form.R, 0x02005033, "rd, rs1, rs2", "rd = rs1 / rs2 (unsigned); 2**64 - 1 if rs2 == 0"),
    ("rem", Form.R, 0x02006033, "rd, rs1, rs2", "rd = rs1 - rs2 * (rs1 / rs2) (signed); rs1 if rs2 == 0"),
    ("remu", Form.R, 0x02007033, "rd, rs1, rs2", "rd = rs1 mod rs2 (unsigned); rs1 if rs2 == 0"),
    ("mulw", Form.R, 0x0200003B, "rd, rs1, rs2", "mul on the low 32 bits, result sign-extended"),
    ("divw", Form.R, 0x0200403B, "rd, rs1, rs2", "div on the low 32 bits, result sign-extended"),
    ("divuw", Form.R, 0x0200503B, "rd, rs1, rs2", "divu on the low 32 bits, result sign-extended"),
    ("remw", Form.R, 0x0200603B, "rd, rs1, rs2", "rem on the low 32 bits, result sign-extended"),
    ("remuw", Form.R, 0x0200703B, "rd, rs1, rs2", "remu on the low 32 bits, result sign-extended"),
)


def _atomics() -> Iterator[_Row]:
    """The A extension is one list twice: on 4 bytes and on 8."""
    for suffix, width, size in (("w", 0x2000, 4), ("d", 0x3000, 8)):
        base = 0x2F | width
        yield (
            f"lr.{suffix}", Form.AMO, base | 0x02 << 27, "rd, (rs1)",
            f"rd = {size} bytes at rs1; reserve them", 0xF9F0707F,
        )  # fmt: skip
        yield (
            f"sc.{suffix}", Form.AMO, base | 0x03 << 27, "rd, rs2, (rs1)",
            f"if still reserved: {size} bytes at rs1 = rs2, rd = 0; else rd = 1",
        )  # fmt: skip
        for name, funct5, becomes in (
            ("amoswap", 0x01, "rs2"),
            ("amoadd", 0x00, "old + rs2"),
            ("amoxor", 0x04, "old ^ rs2"),
            ("amoand", 0x0C, "old & rs2"),
            ("amoor", 0x08, "old | rs2"),
            ("amomin", 0x10, "min(old, rs2) (signed)"),
            ("amomax", 0x14, "max(old, rs2) (signed)"),
            ("amominu", 0x18, "min(old, rs2) (unsigned)"),
            ("amomaxu", 0x1C, "max(old, rs2) (unsigned)"),
        ):
            yield (
                f"{name}.{suffix}", Form.AMO, base | funct5 << 27, "rd, rs2, (rs1)",
                f"at once: old = {size} bytes at rs1; they become {becomes}; rd = old",
            )  # fmt: skip


_TEACHING: tuple[_Row, ...] = (
    (
        "bcopy", Form.R, 0x000B, "rd, rs1, rs2",
        "copy rs2 bytes from rs1 to rd; rd and rs1 advance and rs2 shrinks to 0 on the way, so it can restart",
    ),
    ("ld.pi", Form.I, 0x100B, "rd, imm(rs1)", "rd = 8 bytes at rs1; then rs1 = rs1 + imm"),
    ("sd.pi", Form.S, 0x200B, "rs2, imm(rs1)", "8 bytes at rs1 = rs2; then rs1 = rs1 + imm"),
)  # fmt: skip

_EXTENSIONS: tuple[tuple[str, str, tuple[_Row, ...]], ...] = (
    ("RV64I", "the base integer set", _BASE),
    ("Zicntr", "the counter reads, the only CSR instructions here", _COUNTERS),
    ("Zifencei", "instruction-fetch fence", _FENCE_I),
    ("Supervisor", "the supervisor's translation fence (volume II)", _SUPERVISOR),
    ("M", "multiplication and division", _MULTIPLY),
    ("A", "atomics; each also as .aq, .rl and .aqrl", tuple(_atomics())),
    ("Teaching", "custom-0 instructions of this machine, restartable in the middle", _TEACHING),
)


def _instruction(extension: str, row: _Row) -> Instruction:
    name, form, match, syntax, meaning = row[:5]
    mask = row[5] if len(row) > 5 else _MASKS[form]
    return Instruction(name, form, match, mask, syntax, meaning, extension)


INSTRUCTIONS: tuple[Instruction, ...] = tuple(
    _instruction(extension, row) for extension, _, rows in _EXTENSIONS for row in rows
)

BY_NAME: dict[str, Instruction] = {row.name: row for row in INSTRUCTIONS}


def _numbered() -> Any:
    """Return the rows' places in `INSTRUCTIONS` as an enum; its members are known only when it is made, so: Any."""
    return IntEnum("Op", {row.name.upper().replace(".", "_"): place for place, row in enumerate(INSTRUCTIONS)})


Op = _numbered()  # Op.AMOADD_W is the number that the emulator's decoder stores

_BY_OPCODE: dict[int, list[Instruction]] = {}
for _row in INSTRUCTIONS:
    _BY_OPCODE.setdefault(_row.match & 0x7F, []).append(_row)


def find(word: int) -> Instruction | None:
    """The row that `word` (0 <= word < 2**32) is an instance of, or None for an illegal instruction."""
    for row in _BY_OPCODE.get(word & 0x7F, ()):
        if word & row.mask == row.match:
            return row
    return None


def reference_page() -> str:
    """The ISA reference in Markdown, made from the rows: a table per extension, then the pseudo-instructions."""
    lines = [
        "# Instruction set",
        "",
        f"{len(INSTRUCTIONS)} instructions. A word is an instruction if `word & mask == match`.",
        "`imm` and `shamt` are immediates, `target` is a label, `pred` and `succ` are sets out of `iorw`.",
    ]
    for extension, title, _ in _EXTENSIONS:
        lines += ["", f"## {extension}: {title}", "", "| instruction | effect | format | match | mask |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        for row in INSTRUCTIONS:
            if row.extension == extension:
                cells = (f"`{row.name} {row.syntax}".strip() + "`", row.meaning.replace("|", "\\|"), row.form.name)
                lines.append(f"| {' | '.join(cells)} | `0x{row.match:08x}` | `0x{row.mask:08x}` |")
    lines += ["", "## Pseudo-instructions", ""]
    lines += [
        "`hi` and `lo` are the two parts of the distance to `symbol`; `li` takes as many steps as the number needs."
    ]
    lines += ["", "| written | stands for |", "| --- | --- |"]
    for pseudo in PSEUDO:
        written = f"{pseudo.name} {pseudo.syntax}".strip().replace("=", "")
        steps = (
            "`lui`, `addiw`, `slli`, `addi` as needed"
            if pseudo.expansion == CONSTANT
            else "; ".join(f"`{step}`" for step in pseudo.expansion)
        )
        lines.append(f"| `{written}` | {steps} |")
    lines += [f"| `{name}` | the word `0x{word:08x}` |" for name, word in RAW_WORDS.items()]
    return "\n".join(lines) + "\n"
