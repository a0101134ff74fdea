"""Macros, repetitions and conditions give the bytes that GNU as gives: cases by hand, and programs at random."""

from random import Random

import pytest

from tests.isa.gnu import assert_equal_to_gnu, needs_binutils

pytestmark = [pytest.mark.oracle, needs_binutils]

CASES = {
    "arguments are parted by commas or blanks": r"""
        .macro m x, y=2, z:vararg
        .ascii "[\x|\y|\z]\@\n"
        .endm
        m 1 -1
        m 1 + 1, 3
        m a , b c , d
        m (1 2) 3
        m [a b] c
        m -1 2
        m a  	 b
        m %lo(x) (a0)
        m , , 4
        m ,5
        m 1,
        m 1 2 3 4 5
        m "x, y" z
        m "a b" "c", d e  f
        m 'a' 'b'
        """,
    "arguments may be named": r"""
        .macro m a, b
        .ascii "\a,\b"
        .endm
        m b=2
        m 1 b=2
        m b=2 a=1
        m a=1, b=2
        m a = 1
        """,
    "names in a body end where they can, or at \\()": r"""
        .macro n a b
        .ascii "\a\()b\(c d)e\a'x\& \a.\b \z."
        .word 0xf&a
        .endm
        n 1 2
        """,
    "calls are counted": r"""
        .macro l n
        1: bnez a0, 1b
        .Lx\@: j .Lx\@
        x\@_\n: nop
        .endm
        l 4
        l 5
        .rept 2
        .ascii "\@"
        .endr
        .irp i, 1
        .byte \@
        .endr
        """,
    "macros make macros": r"""
        .macro outer n
        .macro inner\n a
        addi a0, a0, \a + \n
        .endm
        inner\n 3
        .endm
        outer 1
        outer 2
        inner1 7
        """,
    "macros call themselves": r"""
        .macro count n
        .if \n
        addi a0, a0, \n
        count \n-1
        .endif
        .endm
        count 5
        """,
    "a macro is left early": r"""
        .macro e n
        addi a0,a0,1
        .if \n > 2
        .exitm
        .endif
        addi a0,a0,2
        .endm
        e 1
        e 3
        .rept 3
        nop
        .exitm
        ret
        .endr
        """,
    "macros come before instructions and are forgotten": r"""
        .macro add a
        mul a0, a0, \a
        .endm
        add a1
        ADD a1
        .purgem add
        add a0, a0, a1
        """,
    "registers and operations are arguments too": r"""
        .macro push regs:vararg
        .irp r, \regs
        addi sp, sp, -8
        sd \r, 0(sp)
        .endr
        .endm
        push ra, s0, s1
        .macro op i, rest:vararg
        \i \rest
        .endm
        op addi, a0, a1, 5
        op nop
        .macro ld2 r1 r2 off base
        ld \r1, \off(\base)
        ld \r2, 8+\off(\base)
        .endm
        ld2 a0 a1 16 sp
        ld2 a0, a1, -16, sp
        """,
    "repetitions nest": r"""
        .rept 2
        .rept 2
        .byte 5
        .endr
        .byte 6
        .endr
        .rept 0
        .byte 9
        .endr
        i = 0
        .rept 5
        .byte i * i
        i = i + 1
        .endr
        .irp op, add, sub, xor
        .irp r, a0, a1
        \op \r, \r, \r
        .endr
        .endr
        """,
    "values and letters": r"""
        .irp x, "p q", r s
        .ascii "<\x>"
        .endr
        .irp x
        .ascii "{\x}"
        .endr
        .irp x,,1
        .ascii "<\x>"
        .endr
        .irpc c, a bc
        .ascii "{\c}"
        .byte '\c
        .endr
        .irpc c "x y"
        .ascii "\c"
        .endr
        .irpc d, 0123
        x\d = \d * 2
        .word x\d
        .endr
        """,
    "conditions of every kind": r"""
        x = 3
        .if x == 3 ; nop ; .else ; ret ; .endif
        .ifdef x ; nop; .endif
        .ifdef y
        ret
        .else
        nop
        .endif
        .ifndef y ; addi a0,a0,1;.endif
        y: .ifdef y; addi a1,a1,1; .endif
        .if y - y; ret; .elseif x > 5; nop; .elseif x < 5; addi a2,a2,2; .else; ecall; .endif
        .ifc a,a ; addi a3,a3,3; .endif
        .ifc a b , a  b ; addi a3,a3,4; .endif
        .ifnc "a b", 'a b' ; addi a3,a3,5; .endif
        .ifb ; addi a3,a3,6; .endif
        .ifnb x ; addi a3,a3,7; .endif
        .ifeqs "a","a" ; addi a3,a3,8; .endif
        .ifnes "a","b" ; addi a3,a3,8; .endif
        .ifge 0; addi a3,a3,9; .endif
        .ifgt 0; addi a3,a3,10; .endif
        .iflt -1; addi a3,a3,11; .endif
        .ifle 0; addi a3,a3,12; .endif
        .ifeq 0; addi a3,a3,13; .endif
        .ifne 0; addi a3,a3,14; .endif
        .if 0; .if 1; ret; .else; ret; .endif; .else; addi a3,a3,15; .endif
        """,
    "what is skipped is not looked at": r"""
        .if 0
        foo bar ! $$
        .macro q
        .if 1
        .endif
        nop
        .endm
        .elseif 1
        nop
        .endif
        """,
    "a condition sees what is known where it stands": r"""
        start: nop
        .space 8
        .if . - start > 8
        addi a0, a0, 1
        .endif
        .ifdef later
        ret
        .endif
        later: nop
        """,
    "names in capitals": r"""
        .MACRO Twice a
        \a
        \a
        .EndM
        twice nop
        TWICE ret
        .IF 1
        .WORD 5
        .ENDIF
        """,
}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_expansions_are_those_of_gnu(source):
    assert_equal_to_gnu(f"nop\n{source}")


class Program:
    """A program at random: macros, repetitions and conditions in each other, over a few variables."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.labels = 0
        self.macros = []

    def text(self):
        lines = [f"v{n} = {self.number()}" for n in range(3)]
        for n in range(4):
            lines += self.macro(f"m{n}")
        return "\n".join(["nop", *lines, *self.lines(4, ["v0", "v1", "v2"], 14), ""])

    def number(self):
        return self.random.choice(("0", "1", "-1", "7", "0x12", "100", "'a'", "-30", "3*5", "(2+3)"))

    def expression(self, names):
        a, b = self.random.choice([*names, self.number()]), self.random.choice([*names, self.number()])
        return f"{a} {self.random.choice('+-*|&^')} {b}"

    def macro(self, name):
        parameters = self.random.sample(["a", "b=3", "c", "d = 4 + 4"], self.random.randrange(1, 5))
        names = [parameter.split("=")[0].strip() for parameter in parameters]
        body = self.lines(2, ["v1", *(f"\\{name}" for name in names)], 4)
        self.macros.append((name, names))
        return [f".macro {name} {self.random.choice((', ', ' ')).join(parameters)}", *body, ".endm"]

    def call(self):
        name, names = self.random.choice(self.macros)
        if self.random.random() < 0.3:
            given = self.random.sample(names, len(names))
            return f"{name} {', '.join(f'{name}={self.random.choice((3, 9, -2))}' for name in given)}"
        given = [self.number().replace("(", "").replace(")", "") for _ in names]
        return f"{name} {self.random.choice((', ', ' , ')).join(given)}"

    def lines(self, depth, names, count):
        return [line for _ in range(count) for line in self.line(depth, names)]

    def line(self, depth, names):
        kinds = [self.plain, self.plain, self.assign, self.labelled]
        if self.macros:
            kinds.append(lambda names: [self.call()])
        if depth:
            kinds += [lambda names, kind=kind: kind(depth - 1, names) for kind in (self.when, self.again, self.each)]
        return self.random.choice(kinds)(names)

    def plain(self, names):
        value = self.expression(names)
        return self.random.choice((
            [f".byte ({value}) & 127"], [f".word {value}, 5"], [f".ascii \"{names[-1]}\""], [f"li a0, {value}"],
            [f"addi a0, a1, ({value}) & 63"], [".balign 8"], [f".space ({value}) & 12"], [".half . - start"],
            [".balign 4, 0", "beqz a0, 1b"], [".balign 4, 0", "la a0, start"],
        ))  # fmt: skip

    def assign(self, names):
        return [f"v{self.random.randrange(3)} = ({self.expression(names)}) & 255"]

    def labelled(self, names):
        return [".balign 4, 0", "1:", f"j {self.random.choice(('1b', '.'))}"]

    def when(self, depth, names):
        test = self.random.choice((".if", ".ifeq", ".ifgt", ".ifle", ".ifne"))
        out = [f"{test} {self.expression(names)}", *self.lines(depth, names, 2)]
        if self.random.random() < 0.4:
            out += [f".elseif {self.expression(names)}", *self.lines(depth, names, 1)]
        if self.random.random() < 0.5:
            out += [".else", *self.lines(depth, names, 2)]
        return [*out, ".endif"]

    def again(self, depth, names):
        return [f".rept {self.random.randrange(4)}", *self.lines(depth, names, 2), ".endr"]

    def each(self, depth, names):
        name = f"i{depth}"
        values = ", ".join(self.random.choice(("1", "2", "0x30", "v0")) for _ in range(self.random.randrange(1, 4)))
        head = self.random.choice((f".irp {name}, {values}", f".irpc {name}, {self.random.randrange(1, 1000)}"))
        return [head, *self.lines(depth, [*names, f"\\{name}"], 2), ".endr"]


@pytest.mark.parametrize("seed", range(25))
def test_programs_at_random_are_those_of_gnu(seed):
    assert_equal_to_gnu(".balign 4\nstart: 1:\n" + Program(seed).text())
