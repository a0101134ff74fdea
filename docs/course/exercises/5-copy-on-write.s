# 5-copy-on-write: nobody copies anything.
#
# Parent and child each want to write to two pages, and neither wants to keep what the other one writes. As it stands
# the parent stores while the child has not ended, so each of its stores is a copy. The last owner of a frame copies
# nothing.
#
# Move instructions, so that no page is copied. All stores are still made.

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

        li      t1, 7
        sd      t1, 0(s0)               # the parent's two stores
        sd      t1, 0(s1)

        li      a0, -1                  # the parent waits
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

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
