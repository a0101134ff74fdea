# membarrier: one side pays for the fences of both.
#
# A worker says `busy`, looks at `stop`, and works only if nobody has asked it to stop. Whoever asks sets `stop`, and looks
# at `busy`. For this to be safe the store of either side has to be seen before its load is made, and that takes a fence
# on both. The worker goes round all the time and is asked once, so it has none: membarrier makes the fence on every hart
# that runs a thread of this process, by interrupting it.
#
# A process has to register before it may do that, or it gets EPERM.

#? run: --harts 1
#? run: --harts 2
#? exit_status == 0
#? fault.total == 0                     # whatever the program touches was there when it began
#? frames.leaked == 0                   # F68
#? [harts=1] shootdown.ipis == 0
#? [harts=2] shootdown.ipis == 1        # the worker's hart; no translation changes
#? flush.page == 0

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_exit_group
                                        # SYS_futex
                                        # SYS_sched_yield
                                        # SYS_clone
                                        # SYS_membarrier
        .equ    FUTEX_WAIT, 0
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    QUERY, 0
        .equ    PRIVATE_EXPEDITED, 8
        .equ    REGISTER, 16
        .equ    EPERM, 1

        .text
        .globl  _start
_start:
        la      s0, shared
        la      s1, tid

        li      a0, QUERY
        jal     membarrier
        andi    a0, a0, PRIVATE_EXPEDITED | REGISTER
        li      t0, PRIVATE_EXPEDITED | REGISTER
        bne     a0, t0, wrong           # this kernel has both
        li      a0, PRIVATE_EXPEDITED
        jal     membarrier
        li      t0, -EPERM
        bne     a0, t0, wrong           # not registered
        li      a0, REGISTER
        jal     membarrier
        bnez    a0, wrong

        li      a0, THREAD
        la      a1, stack_end
        mv      a2, s1
        li      a3, 0
        mv      a4, s1
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, worker
not_begun:
        li      a7, SYS_sched_yield
        ecall
        ld      t0, 8(s0)
        beqz    t0, not_begun

        li      t0, 1
        sw      t0, 4(s0)               # stop
        li      a0, PRIVATE_EXPEDITED   # here the worker's hart makes its fence, and so does this one
        jal     membarrier
        bnez    a0, wrong
still_busy:
        li      a7, SYS_sched_yield
        ecall
        lw      t0, 0(s0)
        bnez    t0, still_busy
        ld      t1, 8(s0)               # from now on the work stays as it is

join:
        lw      a2, 0(s1)               # the thread's id, or zero when it has ended
        beqz    a2, joined
        mv      a0, s1
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       join
joined:
        ld      t0, 8(s0)
        bne     t0, t1, wrong
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

worker:
        li      t0, 1
        sw      t0, 0(s0)               # busy
        lw      t1, 4(s0)               # no fence between the two
        bnez    t1, stopped
        ld      t1, 8(s0)               # the work
        addi    t1, t1, 1
        sd      t1, 8(s0)
        fence   rw, w                   # it is done before it is said to be
        sw      zero, 0(s0)
        li      a7, SYS_sched_yield
        ecall
        j       worker
stopped:
        sw      zero, 0(s0)
        li      a0, 0
        li      a7, SYS_exit
        ecall

# membarrier: command a0.
membarrier:
        li      a1, 0
        li      a2, 0
        li      a7, SYS_membarrier
        ecall
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

        .data
        .balign 4096
shared: .word   0                       # busy
        .word   0                       # stop
        .dword  0                       # the work done
        .balign 64
tid:    .word   0
        .balign 4096

        .bss
        .balign 16
        .space  4096
stack_end:
