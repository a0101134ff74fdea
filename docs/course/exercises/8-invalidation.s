# 8-invalidation: what others pay for a flush.
#
# The program uses 34 pages and 32 others. It makes the 34 read-only and goes on with the 32. With `--flush ceiling:33`
# the kernel drops up to 33 pages one by one, and the whole address space beyond that. As it stands one call changes 34
# pages: the flush is a single cheap one, and all entries of the 32 others are gone with it.
#
# Change the same 34 pages without that.

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
        li      a1, CHANGED * PAGE
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
