# jump_into_data: data pages are readable and writable, and not executable.
#
# The child jumps to a page of data that holds perfectly good instructions. The fetch, not any load or store, is what
# faults: the page is present, and its region has no execute permission. The kernel answers with SIGSEGV (F2).
#
# Compare self_modifying, which asks for an executable page and may do this.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? fault.no_execute == 1        # the child's fetch
#? fault.fatal == 1
#? cow.copies == 0
#? frames.leaked == 0           # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    SIGSEGV, 11

        .text
        .globl  _start
_start:
        la      s0, data_page

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
        lw      t0, status
        andi    t0, t0, 0x7f
        li      t1, SIGSEGV
        bne     t0, t1, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        jalr    ra, 0(s0)               # the PC arrives; the fetch faults
        li      a0, 0                   # never reached
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
data_page:
        .word   0x00008067              # ret
        .balign 4096

        .bss
        .balign 4096
status: .skip   4096
