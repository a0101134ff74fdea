# vfork: the child borrows the memory instead of sharing it.
#
# clone with CLONE_VM and CLONE_VFORK starts a child in the parent's own address space and stops the parent until the
# child calls exec or exits. Nothing is copied, nothing is write-protected, and no TLB entry is dropped for it: before
# copy-on-write this was the way to make fork and exec cheap. The price is on view here: the child's store is the
# parent's store.
#
# Compare fork_exec.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "a new program\n"
#? fork.write_protected == 0
#? fork.eager_copies == 0               # in every mode
#? fault.total == 0                     # the child's store finds a writable page
#? cow.copies == 0
#? cow.reuses == 0
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_execve
                                        # SYS_wait4
        .equ    CLONE_VM, 0x100
        .equ    CLONE_VFORK, 0x4000
        .equ    SIGCHLD, 17

        .text
        .globl  _start
_start:
        la      s0, page

        li      a0, CLONE_VM | CLONE_VFORK | SIGCHLD
        li      a1, 0                   # the same stack, too
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:                                 # goes on when the child has called exec
        ld      t0, 0(s0)
        li      t1, 2
        bne     t0, t1, wrong           # the child's store, in the parent's memory

        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      t0, 2
        sd      t0, 0(s0)
        la      a0, path
        la      a1, arguments
        li      a2, 0
        li      a7, SYS_execve
        ecall
wrong:                                  # execve comes back only if it fails
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .section .rodata
path:   .asciz  "exec_target"
        .balign 8
arguments:
        .dword  path, 0

        .data
        .balign 4096
page:   .dword  1
        .balign 4096
