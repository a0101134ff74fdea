# parent_writes_first: fork takes write permission from the parent, too.
#
# It is tempting to think that the page belongs to the parent and the child borrows it. Neither is so: after fork both
# hold it read-only, and whichever stores first takes the fault and gets the copy (F1). Here that is the parent, which
# goes on running after fork. The child, later, finds the old value, and is by then the only owner of the old frame.
#
# Compare child_writes_first, which is this program in the other order: the same counts, the other process pays.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: I see 1, from before fork\nparent: I see 2, mine\n"
#? frames.leaked == 0                   # F68

#? [fork=cow] fork.write_protected == 2         # `page`, and the top of the stack
#? [fork=cow] fault.write_protected == 2        # the parent's store, the child's store
#? [fork=cow] cow.copies == 1                   # the parent's: two owners
#? [fork=cow] cow.reuses == 1                   # the child's: the parent has left the old frame
#? [fork=eager] fork.eager_copies == 2
#? [fork=eager] fault.write_protected == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .section .rodata
child_says:
        .ascii  "child: I see 1, from before fork\n"
        .equ    child_length, . - child_says
parent_says:
        .ascii  "parent: I see 2, mine\n"
        .equ    parent_length, . - parent_says

        .text
        .globl  _start
_start:
        la      s0, page

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      t0, 2
        sd      t0, 0(s0)               # before the child has run: faults, copies

        li      a0, -1                  # only now does the child get its turn
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        ld      t0, 0(s0)
        li      t1, 2
        bne     t0, t1, wrong           # the child's 3 is not here
        li      a0, 1
        la      a1, parent_says
        li      a2, parent_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        ld      t0, 0(s0)
        li      t1, 1
        bne     t0, t1, wrong           # the parent's 2 went into the parent's copy
        li      t0, 3
        sd      t0, 0(s0)               # faults: read-only, one owner. Writable in place
        ld      t1, 0(s0)
        bne     t0, t1, wrong

        li      a0, 1
        la      a1, child_says
        li      a2, child_length
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
