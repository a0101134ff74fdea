# futex_handoff: two threads take turns, and who is not next sleeps.
#
# `turn` says whose turn it is. A thread whose turn it is not calls futex(FUTEX_WAIT): sleep, if the word is still what I
# saw. The kernel compares and lets it sleep in one step, or else the turn could come in between and nobody would ever
# wake it. The other writes the word and calls FUTEX_WAKE. On one hart or on two, what they write comes in turn.

#? run: --harts 1
#? run: --harts 2
#? exit_status == 0
#? stdout == "ping\n  pong\nping\n  pong\nping\n  pong\n"
#? fault.total == 0                     # whatever the program touches was there when it began
#? flush.page == 0                      # no translation changes
#? frames.leaked == 0                   # F68
#? [harts=1] context_switches >= 6      # one hart cannot go from one to the other without a switch

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_exit_group
                                        # SYS_futex
                                        # SYS_clone
        .equ    FUTEX_WAIT, 0
        .equ    FUTEX_WAKE, 1
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    ROUNDS, 3

        .section .rodata
ping:   .ascii  "ping\n"
        .equ    ping_length, . - ping
pong:   .ascii  "  pong\n"
        .equ    pong_length, . - pong

        .text
        .globl  _start
_start:
        la      s0, turn
        la      s1, tid
        li      s2, 0                   # s2: the value of `turn` that means this thread
        la      s3, ping                # s3, s4: what it says
        li      s4, ping_length

        li      a0, THREAD
        la      a1, stack_end
        mv      a2, s1
        li      a3, 0
        mv      a4, s1
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, thread

        jal     play
wait:
        lw      a2, 0(s1)               # the thread's id, or zero when it has ended
        beqz    a2, ended
        mv      a0, s1
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       wait
ended:
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

thread:
        li      s2, 1
        la      s3, pong
        li      s4, pong_length
        jal     play
        li      a0, 0
        li      a7, SYS_exit
        ecall

# play: say it, in turn, three times.
play:
        li      s5, ROUNDS
await_turn:
        lw      a2, 0(s0)
        beq     a2, s2, my_turn
        mv      a0, s0
        li      a1, FUTEX_WAIT          # while the turn is a2: if it is not, the call returns at once
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       await_turn              # look again, whatever ended the wait
my_turn:
        li      a0, 1
        mv      a1, s3
        mv      a2, s4
        li      a7, SYS_write
        ecall

        xori    t0, s2, 1
        fence
        sw      t0, 0(s0)
        mv      a0, s0
        li      a1, FUTEX_WAKE
        li      a2, 1                   # one sleeper, if there is one
        li      a7, SYS_futex
        ecall
        addi    s5, s5, -1
        bnez    s5, await_turn
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

        .data
        .balign 4096
turn:   .word   0
tid:    .word   0
        .balign 4096

        .bss
        .balign 16
        .space  4096
stack_end:
