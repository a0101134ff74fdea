# reuse_after_exec: exec gives up the old memory, so the parent need not copy.
#
# The child goes straight from fork to execve and writes nothing in between. execve replaces its address space, and with
# it every reference to the parent's frames. The parent stores to its four pages while the new program is still alive:
# each store faults, finds one owner, and is resolved in place (F4).

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "a new program\n"
#? frames.leaked == 0                   # F68

#? [fork=cow] fault.write_protected == 4        # the parent's four
#? [fork=cow] cow.copies == 0
#? [fork=cow] cow.reuses == 4
#? [fork=eager] fork.eager_copies == 5          # copied at fork, thrown away at exec
#? [fork=eager] cow.reuses == 0

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_sched_yield
                                        # SYS_clone
                                        # SYS_execve
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    PAGE, 4096
        .equ    PAGES, 4

        .text
        .globl  _start
_start:
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a7, SYS_sched_yield     # the child runs, up to the first yield of its new program
        ecall

        la      t0, pages
        li      t1, 1                   # page n holds n
        li      t2, PAGES
        li      t3, PAGE
next:
        ld      t4, 0(t0)
        bne     t4, t1, wrong
        sd      t2, 0(t0)               # faults; writable in place
        add     t0, t0, t3
        addi    t1, t1, 1
        ble     t1, t2, next

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
        la      a0, path
        la      a1, arguments           # prepared in read-only data: no store is needed
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
pages:  .dword  1
        .balign 4096
        .dword  2
        .balign 4096
        .dword  3
        .balign 4096
        .dword  4
        .balign 4096
