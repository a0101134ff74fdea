# fork_exec: what starting a program copies.
#
# The common case of fork is that exec follows. Between the two a real child runs a few lines of C, and they need the
# stack: here, the argument vector is built there. So copy-on-write copies one page, the top of the stack (F5), where
# copying at fork copies all of them. --fork cow-stack goes one step further: fork copies the page under the stack
# pointer at once and saves that fault as well. The parent still pays for the pages that fork write-protects.
#
# Run it with --fork cow, cow-stack and eager and compare cycles.

#? run: --fork cow
#? run: --fork cow-stack
#? run: --fork eager
#? exit_status == 0
#? stdout == "a new program\n"
#? frames.leaked == 0                   # F68

# Writable at fork: eight pages of data and the top of the stack.
#? [fork=cow] fork.write_protected == 9
#? [fork=cow] cow.copies == 1           # the child's first push
#? [fork=cow] cow.reuses == 1           # wait4 stores the status on the parent's stack: one owner since exec (F4, F66)
#? [fork=cow] fork.eager_copies == 0

#? [fork=cow-stack] fork.write_protected == 8
#? [fork=cow-stack] fork.eager_copies == 1
#? [fork=cow-stack] cow.copies == 0
#? [fork=cow-stack] cow.reuses == 0
#? [fork=cow-stack] fault.write_protected == 0

#? [fork=eager] fork.eager_copies == 9
#? [fork=eager] fork.write_protected == 0
#? [fork=eager] cow.copies == 0
#? [fork=eager] cow.reuses == 0

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_execve
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .text
        .globl  _start
_start:
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        addi    sp, sp, -16
        li      a0, -1
        mv      a1, sp                  # the status, a local variable as in C
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      a0, 0(sp)
        snez    a0, a0                  # 0 if the child exited with 0, else 1
        li      a7, SYS_exit
        ecall

child:
        addi    sp, sp, -16
        la      a0, path
        sd      a0, 0(sp)               # argv[0]: the first store to the stack since fork
        sd      zero, 8(sp)             # argv[1]: the end. The page is the child's own now
        mv      a1, sp
        li      a2, 0
        li      a7, SYS_execve
        ecall
        li      a0, 1                   # execve comes back only if it fails
        li      a7, SYS_exit
        ecall

        .section .rodata
path:   .asciz  "exec_target"

        .data
        .balign 4096
state:  .skip   8 * 4096                # eight pages that the child never writes
        .balign 4096
