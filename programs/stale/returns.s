# returns: two pages get new frames while a hart is away that had them; on its return it must not see the old ones.
#
#     pagewalk run programs/stale/returns.s OTHERS --harts 2 --flush ceiling:33+lazy --set bug=lazy-return-no-flush
#
# The second thread, alone on hart 1, sleeps until a round begins. Its hart is idle then, or, with OTHERS, runs another
# process. Meanwhile the first thread gives both pages back, stores the round's number to one and its negative to the other,
# and wakes it. It finds these numbers.

#? run: --harts 2 0
#? run: --harts 2 1
#? run: --harts 2 --flush ceiling:33+lazy --schedule seed:1 0
#? run: --harts 2 --flush ceiling:33+gen:4 --schedule seed:2 1
#? run: --harts 2 --flush asid+lazy+gen:1 --tlb adversarial --schedule seed:3 1
#? run: --harts 2 --set asid_bits=0 --schedule seed:4 1
#? exit_status == 0             # the second thread found the right numbers in every round
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    ROUNDS, 16
        .equ    TURNS, 400              # of the other process, at most
        .equ    REST, 100               # rounds of a loop, for the second thread to fall asleep

        begin   2
        jal     number
        mv      s7, a0                  # OTHERS

        li      s1, 1
        jal     map_control             # s0
        beqz    s7, alone
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, other
alone:
        li      s5, 2 * PAGE
        map_range                       # s4 to s5
        li      t0, PAGE
        add     s9, s4, t0              # the second page
        jal     start_threads

        li      s6, 0
next_round:
        addi    s6, s6, 1
        mv      a0, s4
        li      a1, 2 * PAGE
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
culprit_1:
        ecall
        bnez    a0, wrong
        neg     t0, s6
culprit_2:
        sd      s6, 0(s4)
culprit_3:
        sd      t0, 0(s9)
        fence
        sw      s6, PHASE(s0)
        addi    a0, s0, PHASE
        li      a1, FUTEX_WAKE
        li      a2, 1
        li      a7, SYS_futex
        ecall
        mv      a0, s6
        jal     await                   # until the other one has looked
        li      t0, REST
rest:   addi    t0, t0, -1
        bnez    t0, rest
        li      t0, ROUNDS
        bne     s6, t0, next_round
        mv      a0, s6
        jal     join
        beqz    s7, succeed
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        j       succeed

sharer:
        li      s6, 0
next_look:
        addi    s6, s6, 1
sleep:
        lw      a2, PHASE(s0)
        bge     a2, s6, awake
        addi    a0, s0, PHASE
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       sleep
awake:
        .include "lib/look.inc"

other:
        li      s2, 1
        jal     pin
        li      s6, TURNS
give_way:
        addi    s6, s6, -1
        beqz    s6, succeed             # should the others have ended without a word
        li      a7, SYS_sched_yield
        ecall
        lw      t0, PHASE(s0)
        li      t1, ROUNDS
        bne     t0, t1, give_way
        j       succeed

        .include "../lab/lib/threads.inc"
        .include "../lab/lib/routines.inc"
