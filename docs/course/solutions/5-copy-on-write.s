# 5-copy-on-write: nobody copies anything.
#
# The solution: the parent waits first. Its stores still fault, for fork made its pages read-only, too; but it is the
# only owner by then, and nothing is copied.

#? exit_status == 0
#? cow.copies == 0
#? cow.reuses == 2              # one for each page: the parent is its only owner by then
#? fault.write_protected == 2
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

        li      t1, 7
        sd      t1, 0(s0)               # the parent's two stores: the child has given up the pages
        sd      t1, 0(s1)

        ld      t2, 0(s0)
        bne     t1, t2, wrong
        ld      t2, 0(s1)
        bne     t1, t2, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:                                  # it reads, and ends
        ld      t1, 0(s0)
        ld      t1, 0(s1)
        li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
pages:  .skip   2 * PAGE
