# reuse_after_exit: the last owner of a frame does not copy it.
#
# The child stores to two of four pages and gets two copies. It exits: the copies are freed, and its references to the
# two pages it never wrote are given up. The parent then stores to all four. Each store faults, since fork took its
# write permission, but each frame has one owner left, so each page is made writable where it is (F4).

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? frames.leaked == 0                   # F68

#? [fork=cow] fault.write_protected == 6        # 2 by the child, 4 by the parent
#? [fork=cow] cow.copies == 2                   # the child's two
#? [fork=cow] cow.reuses == 4                   # the parent's four
#? [fork=eager] fork.eager_copies == 5          # four pages and the top of the stack, needed or not
#? [fork=eager] cow.copies == 0
#? [fork=eager] cow.reuses == 0

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    PAGE, 4096
        .equ    PAGES, 4

        .text
        .globl  _start
_start:
        la      s0, pages
        li      s1, PAGE

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a0, -1                  # after this nobody else owns the four frames
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        mv      t0, s0
        li      t1, 1                   # page n holds n
        li      t2, PAGES
next:
        ld      t3, 0(t0)
        bne     t3, t1, wrong           # the old value: the child wrote elsewhere
        sd      t2, 0(t0)               # faults; writable in place
        add     t0, t0, s1
        addi    t1, t1, 1
        ble     t1, t2, next

        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      t0, 100
        sd      t0, 0(s0)               # faults; copied
        add     t1, s0, s1
        sd      t0, 0(t1)               # faults; copied
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
pages:  .dword  1
        .balign 4096
        .dword  2
        .balign 4096
        .dword  3
        .balign 4096
        .dword  4
        .balign 4096
