# 4-fork: what a child shares, and what it owns.
#
# Four pages at the time of fork, and a child that looks at all of them. Whoever wrote this believed that a child owns
# each page that it has touched. But reads break no sharing: all four frames are still shared when the child ends.
#
# Let the child own two of its pages, by changing two instructions.

#? exit_status == 0
#? cow.copies == 2              # one for each page that the child stores to while the parent has it, too
#? cow.reuses == 0              # the parent stores to nothing
#? fork.count == 1
#? frames.leaked == 0

        .equ    SYS_exit, 93
        .equ    SYS_clone, 220
        .equ    SYS_wait4, 260
        .equ    SIGCHLD, 17
        .equ    PAGE, 4096

        .text
        .globl  _start
_start:
        la      s0, pages
        li      t0, PAGE
        add     s1, s0, t0
        add     s2, s1, t0
        add     s3, s2, t0

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

        li      a0, -1                  # the parent waits
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      t1, 7
        ld      t1, 0(s0)
        ld      t1, 0(s1)
        ld      t1, 0(s2)
        ld      t1, 0(s3)
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
pages:  .skip   4 * PAGE
