"""Mistakes in a source: each is found at its place, named, and answered with what would be right."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa import AssemblyError, assemble


def complaint(source):
    """The one diagnostic of a source that has one mistake."""
    with pytest.raises(AssemblyError) as caught:
        assemble(source, "p.s")
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_a_message_shows_file_line_column_the_line_and_a_caret():
    assert str(complaint("nop\n\taddi\ta0, a0, 5000  # big\n")) == (
        "p.s:2:15: error: 'addi' immediate 5000 does not fit in 12 bits signed (-2048..2047)\n"
        "    \taddi\ta0, a0, 5000  # big\n"
        "    \t    \t        ^~~~"
    )


def test_all_mistakes_are_reported_at_once_in_order():
    source = "nop )\n addi a0, a0, 9999\n j nowhere\n frob a0\n a: nop\n a: nop\n .align 99\n"
    with pytest.raises(AssemblyError) as caught:
        assemble(source)
    assert [diagnostic.line for diagnostic in caught.value.diagnostics] == [1, 2, 3, 4, 6, 7]


def test_two_mistakes_on_one_line_are_two():
    with pytest.raises(AssemblyError) as caught:
        assemble("frob a0; frobble a1")
    assert [diagnostic.column for diagnostic in caught.value.diagnostics] == [1, 10]


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        # instructions
        ("adi a0, a0, 5", 1, "unknown instruction 'adi'; did you mean 'andi'?"),
        ("fadd.d fa0, fa1, fa2", 1, "no floating point"),
        ("flw fa0, 0(a0)", 1, "no floating point"),
        ("c.addi a0, 1", 1, "no compressed instructions"),
        ("csrw satp, a0", 1, "no CSR instructions"),
        ("csrr a0, satp", 1, "reads only cycle, time and instret"),
        ("mret", 1, "no privileged instruction"),
        ("vadd.vv v0, v1, v2", 1, "no vectors"),
        ("clz a0, a1", 1, "no bit-manipulation"),
        ("lr.w.acq a0, (a1)", 1, "did you mean 'lr.w"),
        # operands
        ("add a0, a1", 1, "'add' with 2 operands; it is 'add rd, rs1, rs2' or 'add rd, rs1, imm'"),
        ("lw a0, a1", 8, "register 'a1' cannot stand here, and no label has its name; an address in it is 0(a1)"),
        ("lw a0, 5", 8, "must be an address such as 8(a0)"),
        ("amoadd.w a0, a1, 4(a2)", 18, "must be an address such as (a0)"),
        ("fence foo, rw", 7, "must be a set out of iorw"),
        ("li a0, a1", 8, "operand 2 of 'li' must be a number"),
        ("add a0, x32, a1", 9, "operand 2 of 'add' must be a register"),
        # values
        ("slli a0, a0, 64", 14, "'slli' immediate 64 does not fit in 6 bits (0..63)"),
        ("slliw a0, a0, 32", 15, "does not fit in 5 bits (0..31)"),
        ("lui a0, 0x100000", 9, "does not fit in 20 bits unsigned (0..1048575)"),
        ("li a0, 0x10000000000000000", 8, "does not fit in 64 bits"),
        ("here: .byte here\n nop", 13, "'.byte' value 65536 does not fit in 8 bits (-128..255)"),
        (".dword 1/0\n nop", 9, "division by zero"),
        ("li a0, 5 % (3 - 3)", 10, "division by zero"),
        ("li a0, 08", 8, "octal"),
        ("li a0, 1 << -1", 10, "cannot shift by -1"),
        # jumps
        ("j . + 1", 3, "'jal' target 0x10001 is an odd number of bytes away"),
        ("j far\n .space 1 << 20\n far: nop", 3, "beyond its reach of 1 MiB; 'call', 'tail' or 'jump' go further"),
        # symbols
        ("loop: j lop", 9, "undefined symbol 'lop'; did you mean 'loop'?"),
        ("j 1f", 3, "no label '1:' after this line"),
        ("1: j 2b", 6, "no label '2:' before this line"),
        ("beq a0, a1, nowhere", 13, "undefined symbol 'nowhere'"),
        ("beq a0, a1, %lo(x)\n x: nop", 13, "must be a label"),
        ("x = 1; x: nop", 8, "already has a value"),
        ("x: nop; x = 1", 9, "'x' is already a label on line 1"),
        ("nop; nop; . = 4", 15, "'.org' cannot go back: 0x4 is before 0x8, where it stands"),
        ("li a0, later\n later = 5", 8, "'later' is not defined before this line"),
        ("here: li a0, here", 14, "'li' takes a number; 'la' takes an address"),
        ("here: addi a0, a0, here", 20, "takes a number here, not an address"),
        ("here: .dword -here", 14, "'-' of an address has no meaning"),
        ("here: .dword here * 2", 19, "'*' of an address has no meaning"),
        (".word a0\n nop", 7, "register 'a0' cannot stand here"),
        ("ld a0, %pcrel_lo(x)(a0)\n x: nop", 8, "takes the label of an 'auipc'"),
        ("addi a0, a0, %foo(x)", 14, "unknown '%foo'; there are %hi %lo %pcrel_hi %pcrel_lo"),
        ("la a0, far\n .bss\n .space 3 << 30\n far: .space 1", 8, "more than 2 GiB from here"),
        ("lui a0, %hi(far)\n .bss\n .space 2 << 30\n far: .space 1", 9, "beyond the 2 GiB"),
        # directives
        (".align 40", 8, "a power of two's exponent in 0..30, not 40"),
        (".balign 3", 9, "a power of two up to 2**30, not 3"),
        ("nop; .space -1", 13, "must be a number from 0 up, not -1"),
        (".sectoin .text", 1, "unknown directive '.sectoin'; did you mean '.section'?"),
        (".section .odd\n nop", 10, "needs flags for the unknown name '.odd'"),
        ("nop; .data; .space 1 << 40", 13, "grows beyond 256 MiB; put large zeros in .bss"),
        (".section", 1, "takes a name"),
        (".section 1 + 2", 1, "is written as '.section name, \"flags\", @progbits'"),
        (".string hello", 9, "takes strings"),
        ('.incbin "x"', 1, "'.incbin' is not supported; write the bytes out with '.byte'"),
        (".altmacro", 1, "'.altmacro' is not supported; macros are written in the usual syntax"),
        (".section .text, 1", 1, "sections have no parts"),
        ("lga a0, x\nx:", 1, "'lga': this ISA has programs at fixed addresses, without a table of addresses"),
        (".weakref a, b", 1, "'.weakref' is not supported; there is one source"),
        (".subsection 1", 1, "'.subsection' is not supported; sections have no parts here"),
        (".option pic", 9, "programs here lie at fixed addresses"),
        (".option arch, +c", 1, "this ISA is rv64ima, without '+c'"),
        (".option rvc", 9, "no compressed instructions"),
        (".popsection", 1, "without a '.pushsection'"),
        (".insn r 0x80, 0, 0, a0, a0, a0", 9, "opcode must be a number in 0..127"),
        (".insn 5", 7, "a 32-bit word that ends in 0b11"),
        (".insn r 0x33, 0", 1, "it is '.insn r opcode, funct3, funct7, rd, rs1, rs2'"),
        (".insn 6, 0x13", 1, "one 32-bit number"),
        (".insn", 1, "one 32-bit number"),
        (".text 5", 7, "takes no operands here"),
        (".word 1(a0)", 7, "takes numbers"),
        (".align", 1, "takes 1 to 3 operands, not 0"),
        (".align 2(a0)", 8, "takes numbers"),
        ("x: .align x", 11, "takes a number, not an address"),
        (".fill 1, -1, 1", 10, "cell size must be 0..8, not -1"),
        (".fill 1 << 29, 1, 1", 1, "grows beyond 256 MiB"),
        (".globl", 1, "takes a name"),
        (".globl 5", 8, "takes a name"),
        (".equ x", 1, "takes a name and a value"),
        (".equ x, 4(a0)", 9, "takes a number"),
        # characters and lines
        ("nop )", 5, "unexpected ')'"),
        ("add a0 a1, a2", 8, "unexpected 'a1'; expected ','"),
        ("addi a0, a0,", 1, "operand 3 of 'addi' must be a number"),
        ("li a0, 1 +", 11, "the line ends too early"),
        ("li a0, @", 8, "'@' means nothing here"),
        ('.string "open', 9, "no closing quote"),
        ("nop /* open", 5, "never closed"),
        ("#define X 5\n nop", 1, "there is no preprocessor here"),
        # programs
        ("", 1, "no instructions"),
        ("# only a comment\n", 1, "no instructions"),
        (".data\n .word 1", 1, "no instructions"),
    ],
)
def test_the_mistake_is_named_where_it_is(source, column, message):
    diagnostic = complaint(source)
    assert message in diagnostic.message
    assert diagnostic.column == column


def test_a_duplicate_label_names_the_first_line():
    diagnostic = complaint("a: nop\n nop\na: nop\n")
    assert (diagnostic.line, diagnostic.message) == (3, "label 'a' is already defined on line 1")


def test_zeros_only_sections_take_no_bytes():
    assert "holds no bytes" in complaint("nop\n .bss\n .word 5\n").message


def test_an_entry_in_data_is_refused_at_its_line():
    diagnostic = complaint("nop\n .data\n_start: .word 5\n")
    assert (diagnostic.line, diagnostic.message) == (3, "entry 0x11000 is in no executable segment")


def test_symbols_defined_by_each_other_are_found():
    with pytest.raises(AssemblyError, match="is defined by itself"):
        assemble("x = y\n y = x\n nop\n")


def test_code_aligned_beyond_all_measure_is_refused():
    assert "grows beyond 256 MiB" in complaint(".align 30\n nop\n").message


PARTS = ("nop", "addi a0, a0, 1", "li a0,", "1:", "x:", "x =", ".word", ".align", ".space", "(", ")", ",", ";", "#",
         "/*", "*/", "\n", "%hi(x)", "'", '"', "a0", "x", "1b", "1f", "-", "+", "/", "0", "64", "0x", ".", ".data",
         ".bss", ".section", "\t", "\x00", "é", "²", ".macro m a b:vararg\n", ".endm", ".rept 2", ".irp x, 1, 2",
         ".endr", "m", "\\a", ".if x", ".else", ".endif", ".exitm", ".org", ".uleb128", ".equ", "=", "%lo(",
         "beqz a0, 1b")  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PARTS), max_size=12).map(" ".join))
def test_any_text_is_a_program_or_a_list_of_mistakes(source):
    with contextlib.suppress(AssemblyError):
        assemble(source)
