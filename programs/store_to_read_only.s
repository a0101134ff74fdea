# store_to_read_only: not every store to a read-only page is copy-on-write.
#
# Two pages can look alike in the page table, present and read-only. One is private data after a fork, the other is a
# constant. The kernel asks the region (VMA), not the PTE, whether the page is meant to be writable (F2). It is not: the
# process gets SIGSEGV, no frame is allocated, and the constant is what it was. The parent learns it from wait4.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? fault.write_protected == 1   # the child's store to the constant
#? fault.fatal == 1             # it ended in a signal
#? cow.copies == 0              # a copy would have made the constant writable
#? cow.reuses == 0
#? zero.fills == 1              # the page of `status`, written by the kernel for the first time in wait4
#? frames.leaked == 0           # F68: a killed process leaves nothing behind either

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    SIGSEGV, 11

        .text
        .globl  _start
_start:
        la      s0, constant

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a0, -1
        la      a1, status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        lw      t0, status              # low 7 bits: the signal that ended the child
        andi    t0, t0, 0x7f
        li      t1, SIGSEGV
        bne     t0, t1, wrong
        ld      t0, 0(s0)
        li      t1, 42
        bne     t0, t1, wrong           # nothing changed
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      t0, 43
        sd      t0, 0(s0)               # the last thing this process does
        li      a0, 0                   # never reached
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .section .rodata
        .balign 8
constant:
        .dword  42

        .bss
        .balign 4096
status: .skip   4096
