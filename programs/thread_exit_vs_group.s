# thread_exit_vs_group: a thread ends, a process ends, and they are two calls.
#
# exit ends the thread that calls it, be it the first; the process goes on while it has another one. exit_group ends them
# all, in whatever they are doing, and gives the process its status. Here the first thread ends with 9, and the second
# learns of it; the third sleeps for ever, until the second ends the process with 0.
#
# set_tid_address asks for the first thread what CLONE_CHILD_CLEARTID asks for a new one: clear this word at my end, and
# wake who waits there.

#? run: --harts 1
#? run: --harts 2
#? run: --harts 4
#? exit_status == 0                     # the group's, not the first thread's 9
#? stdout == "the first thread has ended, the process has not\n"
#? fault.total == 0                     # whatever the program touches was there when it began
#? frames.leaked == 0                   # F68: the third thread's end is the process's

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_exit_group
                                        # SYS_set_tid_address
                                        # SYS_futex
                                        # SYS_clone
        .equ    FUTEX_WAIT, 0
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID

        .section .rodata
says:   .ascii  "the first thread has ended, the process has not\n"
        .equ    says_length, . - says

        .text
        .globl  _start
_start:
        la      s0, first_tid
        la      s1, never

        mv      a0, s0
        li      a7, SYS_set_tid_address # returns the thread's id
        ecall
        sw      a0, 0(s0)

        la      a1, second_stack
        la      a2, second_tid
        jal     start
        beqz    a0, second
        la      a1, third_stack
        la      a2, third_tid
        jal     start
        beqz    a0, third

        li      a0, 9
        li      a7, SYS_exit            # only this thread
        ecall

second:
        lw      a2, 0(s0)
        beqz    a2, first_has_ended
        mv      a0, s0
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       second
first_has_ended:
        li      a0, 1
        la      a1, says
        li      a2, says_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit_group      # the third as well
        ecall

third:
        mv      a0, s1
        li      a1, FUTEX_WAIT
        li      a2, 0
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       third                   # nobody will

# start: a thread with its stack below a1 and its id at a2; a0 is zero in it.
start:
        li      a0, THREAD
        li      a3, 0
        mv      a4, a2
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

        .data
        .balign 4096
first_tid:
        .word   0
second_tid:
        .word   0
third_tid:
        .word   0
never:  .word   0
        .balign 4096

        .bss
        .balign 16
        .space  4096
second_stack:
        .space  4096
third_stack:
