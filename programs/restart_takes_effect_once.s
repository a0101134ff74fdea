# restart_takes_effect_once: the store that faulted runs again, and counts once.
#
# An atomic add reads, adds and writes in one instruction. After fork its page is read-only, so it traps before any of
# the three has happened: no register and no byte has changed, and the PC still points at it (F50). The kernel copies
# the page and returns to the same PC. The add then happens one time: 41 becomes 42. If the machine had committed the
# read before the trap, or run the add twice, the numbers below would not come out.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: 41, then 42\nparent: 41, then 42\n"
#? frames.leaked == 0                   # F68

#? [fork=cow] fault.write_protected == 2        # one per process, although three adds run: the last needs no fault
#? [fork=cow] cow.copies == 1                   # the child's
#? [fork=cow] cow.reuses == 1                   # the parent's, after the child has gone
#? [fork=eager] fault.write_protected == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .section .rodata
child_says:
        .ascii  "child: 41, then 42\n"
        .equ    child_length, . - child_says
parent_says:
        .ascii  "parent: 41, then 42\n"
        .equ    parent_length, . - parent_says

        .text
        .globl  _start
_start:
        la      s0, counter
        li      s1, 41
        li      s2, 42

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        li      t0, 1
        amoadd.d t1, t0, (s0)           # faults once, adds once
        bne     t1, s1, wrong           # the value before: 41, not the child's
        ld      t1, 0(s0)
        bne     t1, s2, wrong           # the value after: 42, not 43

        li      a0, 1
        la      a1, parent_says
        li      a2, parent_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        mv      t0, s0                  # the add overwrites its own address register:
        li      t1, 1                   # were t0 written before the trap, the restart would go astray
        amoadd.d t0, t1, (t0)           # faults once, adds once
        bne     t0, s1, wrong           # the value before
        ld      t0, 0(s0)
        bne     t0, s2, wrong           # the value after

        amoadd.d t0, t1, (s0)           # the page is the child's own now: no fault
        bne     t0, s2, wrong

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
counter:
        .dword  41
        .balign 4096
