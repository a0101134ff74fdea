# cow_storm REPEATS: fork, and let the child store to each of 4096 pages. Every store is copied.
# A timed pass is the fork and the child's stores, 4096 times sd, add, bne. Then, untimed, the child checks that each page
# holds its store and the rest of the copied page, and ends; at the very end the parent checks that it saw none of it.

        .include "../../programs/lib/calls.inc"
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    SIGCHLD, 17
        .equ    SIZE, 16 << 20
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
        li      t0, 0
fill:   sd      t0, 0(a1)               # page n holds n, twice
        sd      t0, 8(a1)
        addi    t0, t0, 1
        add     a1, a1, s5
        bne     a1, s3, fill
again:  beqz    s0, check               # set-up ends here
        addi    s0, s0, -1
        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        j       again

child:  li      s4, -1
        mv      a1, s2
store:  sd      s4, 0(a1)
        add     a1, a1, s5
        bne     a1, s3, store

        mv      a1, s2                  # from here on untimed
        li      t0, 0
seen:   ld      t1, 0(a1)
        bne     t1, s4, wrong
        ld      t1, 8(a1)
        bne     t1, t0, wrong
        addi    t0, t0, 1
        add     a1, a1, s5
        bne     a1, s3, seen
        j       end

check:  beqz    s1, end                 # nothing was asked for
        mv      a1, s2
        li      t0, 0
unseen: ld      t1, 0(a1)
        bne     t1, t0, wrong
        ld      t1, 8(a1)
        bne     t1, t0, wrong
        addi    t0, t0, 1
        add     a1, a1, s5
        bne     a1, s3, unseen

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
