# wide_fork REPEATS: fork with 256 MiB, 65,536 pages, mapped and written. The child ends at once, and the parent
# writes every page again, untimed: each fork finds them all writable. At the end each page must hold its own address.

        .include "../../programs/lib/calls.inc"
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    SIGCHLD, 17
        .equ    SIZE, 256 << 20
        .equ    PAGE, 4096

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
fill:   sd      a1, 0(a1)
        add     a1, a1, s5
        bne     a1, s3, fill
again:  beqz    s0, check               # set-up ends here
        addi    s0, s0, -1
        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall                           # timed
        beqz    a0, end
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        mv      a1, s2
rewrite:
        sd      a1, 0(a1)
        add     a1, a1, s5
        bne     a1, s3, rewrite
        j       again

check:  beqz    s1, end                 # nothing was asked for
        mv      a1, s2
kept:   ld      t0, 0(a1)
        bne     t0, a1, wrong
        add     a1, a1, s5
        bne     a1, s3, kept

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
