# lrsc_counter: four threads and one counter, with no lock.
#
# lr.d reads the counter and reserves it. sc.d stores the sum, but only if nobody has stored there since; otherwise it
# changes nothing, says so, and the thread tries again. Each thread takes as many tries as it takes, and the end is 4000
# whoever ran when. With ld and sd in their place, increments would be lost.

#? run: --harts 1
#? run: --harts 2
#? run: --harts 4
#? run: --harts 4 --set skew=10
#? exit_status == 0
#? stdout == "4 x 1000 = 4000\n"
#? fault.total == 0                     # whatever the program touches was there when it began
#? flush.page == 0                      # no translation changes
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_exit_group
                                        # SYS_futex
                                        # SYS_clone
        .equ    FUTEX_WAIT, 0
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    THREADS, 4
        .equ    TIMES, 1000
        .equ    STACK, 4096

        .section .rodata
says:   .ascii  "4 x 1000 = 4000\n"
        .equ    says_length, . - says

        .text
        .globl  _start
_start:
        la      s0, counter
        la      s1, tids
        la      s2, stacks
        li      s3, THREADS - 1         # the first thread is here already
        li      s4, STACK

start:
        add     s2, s2, s4              # the end of the next stack
        li      a0, THREAD
        mv      a1, s2
        mv      a2, s1
        li      a3, 0
        mv      a4, s1
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, thread
        addi    s1, s1, 4
        addi    s3, s3, -1
        bnez    s3, start

        jal     count

        la      s2, tids
join:
        lw      a2, 0(s2)               # a thread's id, or zero when it has ended
        beqz    a2, joined
        mv      a0, s2
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       join
joined:
        addi    s2, s2, 4
        bne     s2, s1, join

        fence
        ld      t0, 0(s0)
        li      t1, THREADS * TIMES
        bne     t0, t1, wrong
        li      a0, 1
        la      a1, says
        li      a2, says_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

thread:
        jal     count
        li      a0, 0
        li      a7, SYS_exit
        ecall

# count: add 1 to the counter, a thousand times.
count:
        li      t0, TIMES
again:
        lr.d    t1, (s0)
        addi    t1, t1, 1
        sc.d    t2, t1, (s0)
        bnez    t2, again               # somebody was faster
        addi    t0, t0, -1
        bnez    t0, again
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

        .data
        .balign 4096
counter:
        .dword  0
        .balign 64
tids:   .space  4 * (THREADS - 1)
        .balign 4096

        .bss
        .balign 4096
stacks: .space  STACK * (THREADS - 1)
