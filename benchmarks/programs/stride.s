# stride REPEATS: one word of each page of 64 MiB, in order. Every access misses every TLB.
# A timed pass is 16384 times ld, add, add, bne, and four instructions around them. The sum is checked at the end.

        .include "../../programs/lib/calls.inc"
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    SIZE, 64 << 20
        .equ    PAGE, 4096
        .equ    PAGES, SIZE / PAGE

        .text
        .globl  _start
_start:
        ld      a0, 16(sp)              # argv[1]: how often
        jal     number
        mv      s0, a0
        mv      s1, a0
        li      a0, 0
        li      a1, SIZE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        mv      s2, a0
        li      t0, SIZE
        add     s3, s2, t0              # the end of the memory

        li      s5, PAGE
        mv      a1, s2
        li      t0, 0
fill:   sd      t0, 0(a1)               # page n holds n
        addi    t0, t0, 1
        add     a1, a1, s5
        bne     a1, s3, fill
        li      s4, 0
again:  beqz    s0, check               # set-up ends here
        addi    s0, s0, -1
        mv      a1, s2
next:   ld      t0, 0(a1)
        add     s4, s4, t0
        add     a1, a1, s5
        bne     a1, s3, next
        j       again

check:  beqz    s1, end                 # nothing was asked for
        li      t0, PAGES * (PAGES - 1) / 2
        mul     t0, t0, s1
        bne     s4, t0, wrong

end:    li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:  li      a0, 1
        li      a7, SYS_exit
        ecall

# number: the value of the decimal digits that a0 points to.
number:
        mv      t0, a0
        li      a0, 0
        li      t2, 10
digit:  lbu     t1, 0(t0)
        addi    t1, t1, -48
        bgeu    t1, t2, read
        mul     a0, a0, t2
        add     a0, a0, t1
        addi    t0, t0, 1
        j       digit
read:   ret
