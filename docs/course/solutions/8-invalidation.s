# 8-invalidation: what others pay for a flush.
#
# The solution: two calls of 17 pages, each of which the kernel drops page by page. The entries of the others stay. Here
# that is no bargain: 34 invalidations cost more than one and the 33 misses together. When it is one, `pagewalk lab
# flush` measures.

#? run: --flush ceiling:33
#? exit_status == 0
#? flush.page == 34             # as many as have changed
#? flush.asid == 1              # only at exit
#? flush.induced_misses == 0    # nobody has to walk for an entry that a flush took
#? frames.leaked == 0

        .equ    SYS_exit, 93
        .equ    SYS_mprotect, 226
        .equ    PROT_READ, 1
        .equ    PAGE, 4096
        .equ    CHANGED, 34
        .equ    HALF, CHANGED / 2
        .equ    OTHERS, 32

        .text
        .globl  _start
_start:
        la      s0, changed
        la      s1, others
        li      s2, PAGE

        mv      t0, s0                  # use all of them
        li      t1, CHANGED + OTHERS
use:
        ld      t2, 0(t0)
        add     t0, t0, s2
        addi    t1, t1, -1
        bnez    t1, use

        mv      a0, s0
        li      a1, HALF * PAGE
        li      a2, PROT_READ
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong
        li      t0, HALF * PAGE
        add     a0, s0, t0
        li      a1, HALF * PAGE
        li      a2, PROT_READ
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong

        mv      t0, s1                  # use the others again
        li      t1, OTHERS
use_again:
        ld      t2, 0(t0)
        add     t0, t0, s2
        addi    t1, t1, -1
        bnez    t1, use_again

        li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
changed:
        .skip   CHANGED * PAGE
others: .skip   OTHERS * PAGE
