# three_generations: a frame is re-used by its last owner, and by nobody before.
#
# Grandparent forks parent, parent forks child: one frame, three owners. They store in turn, youngest first, and each
# exits before the next one stores. The child copies (three owners). The parent copies as well: the grandparent still
# owns the frame, so two are left. The grandparent is the last, and keeps the frame (F4, F61).

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child\nparent\ngrandparent\n"
#? fork.count == 2
#? frames.leaked == 0                   # F68
#? [fork=cow] fault.write_protected == 3        # one store each
#? [fork=cow] cow.copies == 2                   # child, parent
#? [fork=cow] cow.reuses == 1                   # grandparent
#? [fork=eager] fork.eager_copies == 4          # `page` and the top of the stack, at each fork
#? [fork=eager] fault.write_protected == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .section .rodata
child_says:
        .ascii  "child\n"
        .equ    child_length, . - child_says
parent_says:
        .ascii  "parent\n"
        .equ    parent_length, . - parent_says
grandparent_says:
        .ascii  "grandparent\n"
        .equ    grandparent_length, . - grandparent_says

        .text
        .globl  _start
_start:
        la      s0, page
        la      s1, grandparent_says    # s1, s2: what this process will say
        li      s2, grandparent_length

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bnez    a0, wait

        la      s1, parent_says
        li      s2, parent_length
        li      a0, SIGCHLD             # the parent forks, too
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bnez    a0, wait

        la      s1, child_says
        li      s2, child_length
        j       store                   # the child has nobody to wait for

wait:
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

store:
        ld      t0, 0(s0)
        li      t1, 1
        bne     t0, t1, wrong           # nobody else's store is seen
        sd      zero, 0(s0)             # faults: copied for the child and the parent, in place for the grandparent

        li      a0, 1
        mv      a1, s1
        mv      a2, s2
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
page:   .dword  1
        .balign 4096
