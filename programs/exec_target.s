# exec_target: the program that other programs turn into.
#
# fork_exec, reuse_after_exec and vfork hand its path to execve. It gives up the processor a few times before it speaks,
# so that its parent can act while this new image is already in place. It can also be run alone.

#? exit_status == 0
#? stdout == "a new program\n"
#? fault.total == 0             # its page of data was loaded for it alone, so the store below needs no fault
#? frames.leaked == 0           # F68

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_sched_yield

        .section .rodata
words:  .ascii  "a new program\n"
        .equ    words_length, . - words

        .text
        .globl  _start
_start:
        li      s0, 4
give_way:
        li      a7, SYS_sched_yield
        ecall
        addi    s0, s0, -1
        bnez    s0, give_way

        la      t0, own_page
        ld      t1, 0(t0)
        li      t2, 7
        bne     t1, t2, wrong           # fresh from the file, whoever ran here before
        sd      zero, 0(t0)

        li      a0, 1
        la      a1, words
        li      a2, words_length
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
own_page:
        .dword  7
        .balign 4096
