# syscall_copy_out: the kernel's own stores break copy-on-write, too.
#
# wait4 writes the child's status into the caller's memory. Here that memory is a page which the caller shares with its
# parent since fork. A kernel that wrote through the shared frame would put the status into the parent's memory as well;
# it has to take the same road as a store by the program: fault, copy, write into the copy (F66).

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: status 3\nparent: -1, as before\n"
#? fork.count == 2
#? frames.leaked == 0                   # F68
#? [fork=cow] fault.write_protected == 1        # the kernel's store for wait4; no program stores anything
#? [fork=cow] cow.copies == 1                   # two owners then, parent and child: the grandchild has exited
#? [fork=cow] cow.reuses == 0
#? [fork=eager] fault.write_protected == 0
#? [fork=eager] cow.copies == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .section .rodata
child_says:
        .ascii  "child: status 3\n"
        .equ    child_length, . - child_says
parent_says:
        .ascii  "parent: -1, as before\n"
        .equ    parent_length, . - parent_says

        .text
        .globl  _start
_start:
        la      s0, status              # -1 at first

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a0, -1
        li      a1, 0                   # no status wanted here
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, 0(s0)
        li      t1, -1
        bne     t0, t1, wrong           # the child's status did not leak into this process
        li      a0, 1
        la      a1, parent_says
        li      a2, parent_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      a0, SIGCHLD             # fork a grandchild, only to wait for it
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, grandchild

        li      a0, -1
        mv      a1, s0                  # the kernel stores here: shared with the parent until it does
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, 0(s0)
        li      t1, 3 << 8              # how wait4 says "exited with 3"
        bne     t0, t1, wrong
        li      a0, 1
        la      a1, child_says
        li      a2, child_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

grandchild:
        li      a0, 3
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
status: .word   -1
        .balign 4096
