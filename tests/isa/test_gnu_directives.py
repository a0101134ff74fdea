r"""Directives give the bytes that GNU as gives, where it warns too: `"\q"`, `.byte 300`, instructions at odd places."""

import subprocess
from random import Random

import pytest

from isa import assemble
from tests.isa.gnu import ARCHITECTURE, PREFIX, assert_equal_to_gnu, needs_binutils

pytestmark = [pytest.mark.oracle, needs_binutils]

CASES = {
    "numbers that are too wide lose their upper bits": """
        nop
        .data
        .byte 256, -129, -255, -256, 0x1ffff, 255, 127+1
        .2byte 65536, -65535
        .word 0x1ffffffff, -0x100000000, -1
        .quad 0x1ffffffffffffffff, 99999999999999999999, -99999999999999999999
        .octa 1, -1, 0x123456789abcdef0123456789abcdef, 0x1ffffffffffffffffffffffffffffffff
        """,
    "numbers that are left out are zero": "nop\n.data\n.byte 1 ,\n.byte ,\n.byte\n.word 5,,6\n.quad 1, 2 , \n",
    "numbers in every base": """
        .word 0X10, 0B11, 0xFFFFFFFF, 037, 00
        .word 1 + 2 * 3 << 2 | 1, -(1), ~0, !5, 5 - - 3, 3 && 0, (1 == 1), 2 >= 3, 0x10 % 3, 7 ! 2, ((((1)))), - 1, + 1
        """,
    "groups of seven bits": """
        nop
        .data
        .uleb128 300; .uleb128 0; .uleb128 127; .uleb128 128; .uleb128 0xffffffffffffffff; .uleb128 1 << 63
        .sleb128 -1; .sleb128 64; .sleb128 -64; .sleb128 -65; .sleb128 63; .sleb128 -300
        .sleb128 0x7fffffffffffffff
        """,
    "strings and characters with every escape": r"""
        .string "a\tb\a\e\v\q\8\x\xg\x414\1234\777\X41\b\f\r\n\\\"\'"
        .ascii "é", "one" "two", ""
        .string16 "ab\n"
        .string32 "c"
        .string64 "d"
        .string8 "e"
        .byte '\n','\t','\v','\e,'\a, '\0', '#', ';, ' , '"', '\', '\\, ''
        .balign 4
        """,
    "floating-point numbers": ".float 1.5, -2, 1e3, 0f0.25\n.single .5\n.double 3.25, 1e10, -0.1\n",
    "room": """
        nop
        .space 4, 5
        .skip 2
        .balign 4
        .fill 2, 2, 5
        .fill 0
        .fill 1, 0, 5
        .fill 2, 9, 1
        .fill 3, 4, -2
        nop
        .p2align 3
        .p2align 3,,2
        nop
        .balign 16, 0
        .align 4,,8
        .align 0
        nop
        .balignw 8, 0x1234
        .p2alignl 4, 0x12345678
        .data
        .byte 1
        .align 3, 0xee
        """,
    "cells": """
        nop
        .data
        .ds.b 3
        .ds.w 2
        .ds.l 1
        .ds.d 1
        .ds 2
        .ds.s 1
        .ds.x 1
        .dcb.b 3, 5
        .dcb.w 2, 0x1234
        .dcb.l 1, 7
        .dcb 2, 9
        """,
    "sizes that are known only later": """
        a: nop
        beqz a0, a
        .space c - b, 3
        .fill c - b, 2, 9
        b: .zero 12
        c: .balign 4
        """,
    "moves of the location counter": """
        nop
        .org 12
        here: nop
        . = . + 8
        nop
        .org here + 24, 7
        nop
        .data
        a: .byte 1
        .org a + 40
        .org 50, 7
        .set ., 60
        .bss
        .space 4
        .org 64
        b: .space 1
        """,
    "instructions may stand at odd places": """
        .byte 1
        nop
        .byte 2
        .align 2
        nop
        j . + 4
        .2byte 0
        l: nop
        j l
        .balign 4
        nop
        """,
    "labels may have the names of registers": """
        a0: nop
        j a0
        beq a0, a1, a0
        la a1, a0
        sp: .word a0
        lui a0, %hi(sp)
        addi a0, a0, %lo(sp)
        lw a1, sp
        sw a1, sp, a2
        ra = 5
        .word ra
        """,
    "names of all kinds": """
        l1:l2: l3 : nop
        1: 2 : nop
        j 2b
        $a: .b: nop
        j $a
        j .b
        _x.y$z: j _x.y$z
        straße: j straße
        call l1@plt
        tail l1@plt
        """,
    "sections": """
        .section .text.foo,"ax",@progbits
        nop
        .section .text
        nop
        .pushsection .data
        .word 1
        .pushsection .text
        ret
        .popsection
        .word 2
        .previous
        .word 3
        .popsection
        .previous
        nop
        .section ".data.x","aw"
        .word 7
        .section .mine,"aw",@nobits
        .space 5
        .section .note.GNU-stack,"",@progbits
        .section .debug_info,"",@progbits
        .4byte 0, there - here
        here: .4byte there - here
        there:
        """,
    "values of names": """
        .equ A, 5
        .equiv B, A
        C == 7
        .word A, B, C
        x = y + 1
        .word x
        .word y
        y = 2
        .word x, y
        y = 3
        .word x, y
        y = z
        .word y
        y = 4
        .word y
        z = 9
        a = b
        b = c
        c: nop
        .word a
        j a
        .eqv twice, n * 2
        n = 4
        .word twice
        n = 5
        .word twice
        """,
    "a name without a value that is weak": """
        .weak nothing
        .data
        .dword nothing, nothing + 8
        .text
        nop
        """,
    "common names": """
        nop
        .bss
        a: .byte 0
        .lcomm c, 9
        .local d
        .comm d, 9
        .local e
        .comm e, 4, 16
        .lcomm f, 4
        .lcomm g, 2
        .lcomm h, 17
        b: .space 3
        .comm shared, 40
        .bss
        .word 0
        .text
        la a0, c
        lw a1, shared
        """,
    "what is passed over": """
        .file "x.c"
        .file 1 "x;y.c"
        .option push
        .option norvc
        .option arch, +zicsr
        .option pop
        .attribute unaligned_access, 0
        f: .loc 1 2 3 is_stmt 0 view .LVU3
        .cfi_startproc
        nop
        .cfi_def_cfa_offset 16
        .cfi_offset 8, -16
        .cfi_endproc
        .size f, .-f
        .type f, @function
        .type f, %function
        .type f, STT_FUNC
        .type f, "function"
        .ident "GCC: (x; y) 1"
        .globl f, g
        .hidden f
        .protected f
        .internal f
        .extern h
        """,
    "parts of addresses": """
        lw a0, x
        sw a0, x, t0
        x: .word 5
        lw a0, 4 (a0)
        lw a0,4( a0 )
        sw a0, %lo(x+4)(a1)
        1: auipc a0, %pcrel_hi(x)
        addi a0, a0, %pcrel_lo(1b)
        lw a0, %pcrel_lo(1b)(a0)
        jalr ra, %pcrel_lo(1b)(a0)
        addi a0, a0, %lo(x)+4
        lui a0, %hi(x)+1
        lui a0, %hi((x)+1)
        """,
    "li and la into the register that stays zero": """
        li zero, 0x800
        li zero, 0x12345
        li zero, 1 << 33
        li x0, 0xfedcba9876543210
        la zero, 5
        la zero, x
        x:
        """,
    "directives and instructions in capitals": """
        .WORD 5
        .Align 4
        ADDI a0, a0, 1
        Li a0, 0x12345
        AmoAdd.W.AQ a0, a1, (a2)
        """,
}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_directives_put_what_gnu_puts(source):
    assert_equal_to_gnu(source)


@pytest.mark.parametrize("seed", range(15))
def test_data_at_random_is_that_of_gnu(seed):
    random = Random(seed)

    def number():
        value = random.choice((0, 1, 255, 256, 1 << 15, 1 << 31, 1 << 63, (1 << 64) - 1, random.getrandbits(64)))
        forms = ("{}", "-{}", "{:#x}", "0{:o}", "~{}", " {} ", "({})", "{}+1", "3-{}", "{}>>3")
        return random.choice(forms).format(value)

    def line():
        if random.random() < 0.3:
            others = (".balign 8", ".space 3, 7", ".zero 5", '.string "a\\n"', ".fill 2, 3, 0x55", ".p2align 4,,9",
                      f".sleb128 {random.getrandbits(63)}", f".uleb128 {random.getrandbits(64)}")  # fmt: skip
            return random.choice(others)
        name = random.choice((".byte", ".half", ".word", ".dword", ".2byte", ".4byte", ".8byte"))
        return f"{name} {', '.join(number() for _ in range(random.randrange(1, 6)))}"

    lines = [f"l{n}: {line()}" for n in range(40)] + [".word l3 - l2, l9 - l1", ".dword l5"]
    assert_equal_to_gnu("nop\n.data\n" + "\n".join(lines) + "\n")


WARNED = [
    (".byte 256", 1), (".byte 255, -255", 0), (".byte -256", 1), (".half 70000", 1), (".word 0x1ffffffff", 1),
    (".quad 0x10000000000000000", 1), (".byte 1,", 1), (".fill 1, 9, 1", 1), ('.warning "careful"', 1),
    (".word 5; .byte 127", 0),
]  # fmt: skip


@pytest.mark.parametrize(("source", "count"), WARNED)
def test_there_is_a_warning_where_gnu_warns(source, count):
    command = [PREFIX + "as", ARCHITECTURE, "-o", "/dev/null", "-"]
    source = f"nop\n.data\n{source}\n"
    result = subprocess.run(command, input=source, text=True, capture_output=True, check=True)
    assert result.stderr.count("Warning") == count
    assert len(assemble(source).warnings) == count


def test_a_warning_has_its_place_and_what_is_left():
    (warning,) = assemble("nop\n.byte 1, 300\n", "p.s").warnings
    assert str(warning) == (
        "p.s:2:10: warning: 0x12c does not fit in 8 bits; 0x2c is left of it\n    .byte 1, 300\n             ^~~"
    )


def test_instructions_at_odd_places_are_warned_of_once():
    (warning,) = assemble("nop\n.byte 1\nnop\nnop\n").warnings
    assert (warning.line, "multiples of 4, this one is 1 past" in warning.message) == (3, True)


def test_an_alignment_that_does_nothing_is_warned_of():
    (warning,) = assemble("nop\n.byte 1\n.balign 4\n").warnings
    assert "'.balign 4, 0' fills with zeros" in warning.message


def test_a_jump_between_instructions_is_warned_of():
    (warning,) = assemble("j . + 2\nnop\n").warnings
    assert "target 0x10002 is not a multiple of 4" in warning.message
