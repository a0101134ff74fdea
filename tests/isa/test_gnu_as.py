"""Bit for bit as GNU as and ld: every instruction, pseudo-instruction and directive, at the corners."""

from itertools import product
from pathlib import Path
from random import Random

import pytest

from isa.encoding import LIMITS, Form
from isa.instructions import INSTRUCTIONS
from isa.pseudo import PSEUDO
from tests.isa.gnu import assert_equal_to_gnu, needs_binutils

pytestmark = [pytest.mark.oracle, needs_binutils]

TOP = Path(__file__).parents[2] / "programs"
PROGRAMS = sorted([*TOP.glob("*.s"), *TOP.glob("lab/*.s"), *TOP.glob("stale/*.s")])

REGISTERS = ("x0", "ra", "t6")
FENCE_SETS = ("i", "o", "r", "w", "rw", "iorw")


def immediates(form):
    low, high, step, _ = LIMITS[form]
    return [str(value) for value in sorted({low, -step, 0, step, high} & set(range(low, high + 1)))]


def choices(pattern, form):
    """The corners an operand pattern is tried at. Branches and jumps go to labels in the middle of the code."""
    if pattern in ("rd", "rs1", "rs2", "rt"):
        return REGISTERS
    if pattern == "(rs1)":
        return [f"({register})" for register in REGISTERS]
    if pattern == "imm(rs1)":
        return [f"{imm}({register})" for imm, register in product(immediates(Form.I), REGISTERS)]
    if pattern in ("imm", "shamt"):
        return immediates(form)
    if pattern == "imm20":
        return ("0", "1", "0x7ffff", "0x80000", "0xfffff", "%hi(there)")
    if pattern in ("pred", "succ"):
        return FENCE_SETS
    if pattern.startswith("="):
        return (pattern[1:],)
    return ("there", "1b", "2f", ".", ". + 8", "there - 4")


def written(name, syntax, form):
    patterns = syntax.split(", ") if syntax else []
    for operands in product(*(choices(pattern, form) for pattern in patterns)):
        yield f"  {name} {', '.join(operands)}"


def placed(lines):
    """A source with the lines between labels that all of them reach."""
    half = len(lines) // 2
    return "\n".join(["1:", *lines[:half], "there: nop", *lines[half:], "2: nop", ".data", "  .dword there", ""])


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_the_program_assembles_as_with_gnu(program):
    assert_equal_to_gnu(
        program.read_text(), str(program), (program.parent, program.parent / "lib", TOP / "lab" / "lib")
    )


def test_included_files_stand_where_they_are_included(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "data.inc").write_text(
        '.data\nwords: .word SIZE, end - words\n .include "more.inc"\nend: .previous'
    )
    (tmp_path / "lib" / "more.inc").write_text(".dword there, _start\n1: .dword 1b, 1f\n")
    (tmp_path / "twice.inc").write_text("1: beq a0, a1, 1b\n bnez a0, 1f\n")
    source = """
        .equ SIZE, 24
        .globl _start
        _start: j 1f
        from: .include "twice.inc"
        .include "lib/data.inc"
        nop; .include "twice.inc"; .space 4096
        1: there: j 1b
        la a0, words
    """
    assert_equal_to_gnu(source, str(tmp_path / "main.s"), (tmp_path, tmp_path / "lib"))


@pytest.mark.parametrize("form", Form, ids=lambda form: form.name)
def test_instructions_at_the_corners_of_their_operands(form):
    rows = [row for row in INSTRUCTIONS if row.form is form]
    lines = [line for row in rows for line in written(row.name, row.syntax, form)]
    if form is Form.B:  # 4 KiB of code lie between a branch and its farthest label
        for start in range(0, len(lines), 500):
            assert_equal_to_gnu(placed(lines[start : start + 500]))
    else:
        assert_equal_to_gnu(placed(lines))


def test_every_ordering_of_every_atomic():
    rows = [row for row in INSTRUCTIONS if row.form is Form.AMO]
    names = [(row.name + suffix, row) for row in rows for suffix in (".aq", ".rl", ".aqrl")]
    assert_equal_to_gnu(placed([line for name, row in names for line in written(name, row.syntax, row.form)]))


def test_pseudo_instructions_at_the_corners_of_their_operands():
    simple = [pseudo for pseudo in PSEUDO if pseudo.expansion != ("constant",) and "%" not in pseudo.syntax]
    lines = []
    for pseudo in simple:
        form = Form.SHIFT_W if "shamt" in pseudo.syntax and pseudo.name.endswith("w") else Form.I
        form = Form.SHIFT if "shamt" in pseudo.syntax and not pseudo.name.endswith("w") else form
        lines += written(pseudo.name, pseudo.syntax, form)
    for start in range(0, len(lines), 500):
        assert_equal_to_gnu(placed(lines[start : start + 500]))


CONSTANTS = sorted(
    {0, 5, -5, 0x7FF, 0x800, -0x800, -0x801, 0xFFF, 0x1000, 0x12345678, 0x123456789ABCDEF0, 0xFEDCBA9876543210,
     0x00FF00FF00FF00FF, 0xAAAAAAAAAAAAAAAA, 0x5555555555555555, 0x1000000000001, 0x7FFFFFFFFFFFF800}
    | {sign << bit for bit in range(64) for sign in (1, -1)}
    | {(sign << bit) + near for bit in range(64) for near in (-2049, -2048, -1, 1, 2047, 2048) for sign in (1, -1)}
)  # fmt: skip


def test_li_of_constants_of_every_size():
    fitting = [value for value in CONSTANTS if -(1 << 63) <= value < 1 << 64]
    assert_equal_to_gnu("".join(f"  li a0, {value}\n" for value in fitting))


@pytest.mark.parametrize("name", ["la", "lla"])
def test_la_of_a_number_is_built_as_a_constant(name):
    fitting = [value for value in CONSTANTS if -(1 << 31) <= value < 1 << 31]
    assert_equal_to_gnu("".join(f"  {name} a0, {value}\n" for value in fitting))


def test_the_zero_register_takes_constants_too():
    assert_equal_to_gnu("li x0, 0\n li x0, 0x12345678\n li x0, 0x123456789abcdef\n")


def test_branches_out_of_reach_become_a_jump_over():
    assert_equal_to_gnu(
        """
        back:
          beq a0, a1, near
          bnez a0, ahead
          blt a0, a1, other
          bgtu a0, a1, 2f
        near:
          .space 4072
          bge a0, a1, back
          bge a0, a1, near
        2:
          bltu a0, a1, ahead
          .space 4088
        ahead:
          beqz a0, back
        .section .data
        other: .dword ahead
        """
    )


@pytest.mark.parametrize("distance", [4084, 4088, 4092, 4096, 4100])
def test_a_branch_is_long_exactly_beyond_its_reach(distance):
    assert_equal_to_gnu(f"start: beq a0, a1, end\n .space {distance}\nend: nop\n")
    assert_equal_to_gnu(f"start: nop\n .space {distance}\n bne a0, a1, start\n")


def test_one_long_branch_may_push_another_out_of_reach():
    first = "a: beq a0, a1, c\n b: beq a0, a1, d\n .space 4084\nc: nop\nd: nop\n"
    assert_equal_to_gnu(first + " .space 4080\n bne a1, a2, c\n bne a1, a2, b\n")


@pytest.mark.parametrize("seed", range(20))
def test_branches_over_alignments_settle_where_gnu_settles(seed):
    random = Random(seed)
    count = random.randrange(10, 40)
    lines = []
    for number in range(count):
        shapes = (
            f"{random.choice(('beq', 'bgt', 'bltu'))} a0, a1, l{random.randrange(count)}",
            f"beqz a0, l{random.randrange(count)}",
            f".space {random.choice((4, 400, 1000, 2040, 4000, 4080))}",
            f".balign {random.choice((8, 16, 64, 256, 4096))}",
            f"la a0, l{random.randrange(count)}",
            f".rept {random.randrange(400)}; addi a0, a0, 1; .endr",
            f".org l{number} + {4 * random.randrange(600)}",
            f".fill {random.randrange(300)}, 4, 0x13",
            ".p2align 5,,12",
        )
        lines.append(f"l{number}: {random.choices(shapes, (4, 4, 2, 2, 1, 2, 1, 1, 1))[0]}")
    assert_equal_to_gnu("\n".join(lines) + "\n")


def test_jumps_at_the_edge_of_their_reach():
    assert_equal_to_gnu(f"start: j end\n .space {(1 << 20) - 8}\nend: jal start\n j start + 8\n nop\n")


def test_pairs_of_relocations_meet_in_the_middle():
    lines = ["nop"]
    for number, offset in enumerate((0, 4, 0x7FC, 0x800, 0x804, 0xFFC, 0x1000, 0x1800, -0x800, -0x804)):
        lines += [
            f"  lui a0, %hi(data + {offset})",
            f"  addi a0, a0, %lo(data + {offset})",
            f"  ld a0, %lo(data + {offset})(a0)",
            f"  sd a1, %lo(data + {offset})(a0)",
            f"l{number}: auipc a0, %pcrel_hi(data + {offset})",
            "  nop",
            f"  addi a1, a0, %pcrel_lo(l{number})",
            f"  sw a1, %pcrel_lo(l{number})(a0)",
            f"  la a0, data + {offset}",
            f"  sd a0, data + {offset}, t0",
            "1: auipc t0, %pcrel_hi(data)",
            "  jalr t1, %pcrel_lo(1b)(t0)",
        ]
    assert_equal_to_gnu("\n".join([*lines, ".data", ".space 100", "data: .space 0x2000", ""]))


def test_relocations_of_plain_numbers():
    assert_equal_to_gnu("lui a0, %hi(0xdeadbeef)\n addi a0, a0, %lo(0xdeadbeef)\n lui a1, %hi(-1)\n li a2, 077\n")


EXPRESSIONS = [
    "2+3*4|1", "1<2", "2<1", "1==1", "1!=1", "1<>2", "1<=1", "2>=3", "-1<0", "1&&1", "1&&0", "0||2", "0||0",
    "-7/2", "-7%2", "7/-2", "7%-2", "-1>>1", "1<<63", "!5", "!0", "~5", "-(-3)", "+4", "5!2", "5 ! 3", "6&3|8",
    "1+1==2", "2==1+1", "1|2+4", "1<<2+1", "3&&2==2", "4-2-1", "100/5/2", "2*3%4", "7&~2", "1||0&&0", "0&&1||1",
    "0x7fffffffffffffff+1", "0xffffffffffffffff", "0b1011", "017", "'a'", "'\\n'", "'\\\\'", "' '", "'a+1", "-'a'",
    "(1+2)*3", "((4))", "end-start", "(end-start)/8", "end-start<100", "start==start", "SIZE*2", "SIZE-1", "start+SIZE",
    "-SIZE", "3+start", ".-start", "later", "later*2+1", "1b-start", "2f-1b",
]  # fmt: skip


def test_expressions_have_gnu_precedence_and_arithmetic():
    cells = "\n".join(f"  .dword {expression}" for expression in EXPRESSIONS)
    source = f"nop\n.equ SIZE, 24\n.data\nstart: .space 24\nend:\n1:\n{cells}\n2: .byte 1\nlater = 40\n"
    assert_equal_to_gnu(source)


def test_distances_between_sections_are_known_in_the_end():
    assert_equal_to_gnu("here: nop\n.data\n.word 1\nthere: .dword there - here, here - there\n.word there - here\n")


def test_directives_put_the_same_bytes():
    assert_equal_to_gnu(
        r"""
        .globl _start
        .text
        _start: nop
        .section .rodata
        text: .ascii "plain", "two\n\t\"\\"
        .asciz "a\101\x41z"
        .string "ends" "joined", ""
        .data
        bytes: .byte 0, 1, -1, 127, -128, 255, 'x'
        .half 0x1234, -1, 65535
        .2byte 7
        .short 8
        .word 0x12345678, -1, 0xffffffff, words, words + 4
        words:
        .4byte 1
        .long 2
        .int 3
        .dword 0x123456789abcdef0, -1, words, end - words, _start
        .8byte 4
        .quad 5
        .dword ., ., . - 4
        .zero 3
        .space 2, 0xaa
        .skip 4, 1
        .fill 3, 2, 0x1234
        .fill 2, 8, -1
        .fill 4
        end:
        .bss
        room: .space 1000
        .balign 64
        more: .zero 8
        .comm shared, 16, 8
        """
    )


BEFORE = ("", ".byte 1", ".half 1", ".byte 1, 2, 3", ".word 0", ".space 5", ".space 12")
ALIGNMENTS = (".align 3", ".p2align 4", ".balign 16", ".balign 32, 0x11", ".p2align 4,,3", ".p2align 5, 0xff, 40",
              ".balign 1", ".balign 0", ".align 0")  # fmt: skip


@pytest.mark.parametrize("directive", ALIGNMENTS)
def test_alignment_pads_code_with_nops_and_data_with_zeros(directive):
    blocks = "".join(f" .balign 64, 0\n {before}\n {directive}\n .byte 0xcc\n" for before in BEFORE)
    assert_equal_to_gnu(f".text\nstart: nop\n{blocks}.data\n{blocks}")


@pytest.mark.parametrize("directive", [".align 3", ".balign 64", ".p2align 4,,3"])
def test_the_end_of_code_is_filled_up_to_its_alignment(directive):
    for before in BEFORE:
        assert_equal_to_gnu(f".text\nstart: nop\n{before}\n{directive}\n.byte 1\n.data\n{directive}\n.byte 2\n")


def test_zeros_are_aligned_without_bytes():
    assert_equal_to_gnu(
        "nop\n.data\n.balign 64\n.byte 1\n.bss\n.byte 0\n.balign 32\na: .space 3\n.p2align 3\nb: .zero 1\nc:\n"
    )


@pytest.mark.parametrize("directive", [".align 2, 0", ".balign 2", ".balign 4", ".balign 4, 0x13"])
def test_small_alignments_put_the_same_bytes(directive):
    assert_equal_to_gnu(f".text\nnop\n{directive}\nnop\n.data\n.byte 1\n{directive}\n.byte 2\n")


def test_sections_of_one_kind_follow_each_other():
    assert_equal_to_gnu(
        """
        .section .text
        nop
        .section .rodata
        .byte 1
        .section .data, "aw", @progbits
        .word 2
        .text
        ret
        .previous
        .word 3
        .pushsection .rodata
        .byte 2
        .popsection
        .word 4
        """
    )


def test_symbols_may_change_their_value_as_the_source_goes_on():
    assert_equal_to_gnu(
        "x = 1\n li a0, x\n .set x, x + 1\n li a0, x\n .equ x, 0x12345\n li a0, x\n .data\n .word x\n x = 7\n .word x\n"
    )


def test_numeric_labels_go_to_the_nearest_one():
    assert_equal_to_gnu("1: nop\n1: j 1b\n j 1f\n1: 2: j 1b\n bnez a0, 2b\n j 1f\n nop\n1: j 1b\n .dword 1b, 2b\n")


def test_statements_may_share_a_line_and_comments_are_skipped():
    code = "a: nop; b: c: nop # ; nop\n /* nop\n nop */ nop ;"
    assert_equal_to_gnu(code + " .byte '#', ';' ; .string \"#;/*\" \n")


INSN = [
    ".insn r 0x33, 0, 0, a0, a1, a2", ".insn r OP, 7, 0x7f, x31, x1, x0", ".insn r CUSTOM_0, 0, 0, a0, a1, a2",
    ".insn i 0x13, 0, a0, a1, 5", ".insn i OP_IMM, 7, a0, a1, -2048", ".insn i 0x0b, 1, a0, 8(a1)",
    ".insn i LOAD, 3, t6, -1(x1)", ".insn s 0x23, 3, a0, 16(a1)", ".insn s STORE, 0, t6, -2048(sp)",
    ".insn b 0x63, 1, a0, a1, there", ".insn sb BRANCH, 0, a0, a1, there", ".insn u 0x37, a0, 0xfffff",
    ".insn u AUIPC, a0, 1", ".insn j 0x6f, a0, there", ".insn uj JAL, ra, there", ".insn 0x13", ".insn 4, 0x0010000b",
]  # fmt: skip


def test_insn_directives_in_every_format():
    assert_equal_to_gnu(placed([f"  {line}" for line in INSN]))
