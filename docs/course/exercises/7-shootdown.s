# 7-shootdown: one interrupt in the place of four.
#
# A second thread has read four pages and is busy on hart 1 while the first one gives them back. As it stands it does so
# page by page: four system calls, and each interrupts hart 1 and waits for it.
#
# Give back the same four pages, and interrupt hart 1 once.

#? run: --harts 2 --flush ceiling:33+lazy --set check_stale=1
#? exit_status == 0
#? shootdown.count == 1
#? shootdown.ipis == 1
#? flush.page == 8              # four pages on each of two harts
#? stale.uses == 0
#? frames.leaked == 0

        .equ    SYS_exit, 93
        .equ    SYS_exit_group, 94
        .equ    SYS_futex, 98
        .equ    SYS_sched_yield, 124
        .equ    SYS_munmap, 215
        .equ    SYS_clone, 220
        .equ    FUTEX_WAIT, 0
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    PAGE, 4096
        .equ    PAGES, 4

        .text
        .globl  _start
_start:
        la      s0, pages
        la      s1, tid
        la      s2, ready
        la      s3, stop

        li      a0, THREAD
        la      a1, stack_end
        mv      a2, s1
        li      a3, 0
        mv      a4, s1
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, thread
not_ready:
        li      a7, SYS_sched_yield
        ecall
        lw      t0, 0(s2)
        beqz    t0, not_ready

        mv      s4, s0                  # give the pages back
        li      s5, PAGES
give_back:
        mv      a0, s4
        li      a1, PAGE
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong
        li      t0, PAGE
        add     s4, s4, t0
        addi    s5, s5, -1
        bnez    s5, give_back

        li      t0, 1
        sw      t0, 0(s3)
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
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

thread:
        li      t1, PAGE                # read the four pages: this hart's TLB has them now
        mv      t2, s0
        li      t3, PAGES
look:
        ld      t0, 0(t2)
        add     t2, t2, t1
        addi    t3, t3, -1
        bnez    t3, look
        li      t0, 1
        fence
        sw      t0, 0(s2)
busy:
        li      a7, SYS_sched_yield     # on a hart of its own it returns at once: the hart is never idle
        ecall
        lw      t0, 0(s3)
        beqz    t0, busy
        li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

        .data
        .balign 4096
pages:  .skip   PAGES * PAGE
tid:    .word   0
ready:  .word   0
stop:   .word   0
        .balign 16
        .skip   2048
stack_end:
