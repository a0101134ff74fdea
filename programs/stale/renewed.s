# renewed: two pages get new frames, over and over, and another hart must not see the old ones.
#
#     pagewalk run programs/stale/renewed.s CALL --harts 2 --set bug=missing-remote
#
# A round: the first thread gives both pages back by the system call CALL, madvise (233) or mmap in their place (222), stores
# the round's number to one and its negative to the other, finds zeros in the rest of them, and says so. The second thread
# looks at both until then, whatever they hold, and finds these numbers in them afterwards. The frame that was given back
# last is handed out first: each page gets the frame that the other one had, so that an old translation shows the wrong
# number even where the frame has a new owner.

#? run: --harts 2 233
#? run: --harts 2 222
#? run: --harts 4 --tlb adversarial --schedule seed:1 233
#? run: --harts 2 --flush asid+latr --schedule seed:2 222
#? run: --harts 2 --flush ceiling:1+gather:1+abis --tlb adversarial --schedule seed:3 233
#? run: --harts 2 --flush ceiling:33+broadcast --schedule seed:4 222
#? exit_status == 0             # each thread found what it had to, in every round
#? zero.fills >= 32             # two pages, ROUNDS times
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    MAP_FIXED, 0x10
        .equ    ROUNDS, 16

        begin   2
        jal     number
        mv      s7, a0                  # CALL
        li      s8, MADV_DONTNEED       # its third argument
        li      t0, SYS_madvise
        beq     s7, t0, known
        li      s8, PROT_READ_WRITE
known:
        li      s1, 1
        jal     map_control             # s0
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
        mv      a2, s8
        li      a3, MAP_PRIVATE_ANONYMOUS | MAP_FIXED
        li      a4, -1
        li      a5, 0
        mv      a7, s7
culprit_1:
        ecall
        bltz    a0, wrong
        neg     t0, s6
culprit_2:
        sd      s6, 0(s4)               # in the place of the page of zeros, if the other thread has looked since
culprit_3:
        sd      t0, 0(s9)
        ld      t1, 8(s4)
        bnez    t1, wrong
        ld      t1, 8(s9)
        bnez    t1, wrong
        sd      t0, 8(s4)               # for the next round to find no zeros in these frames
        sd      t0, 8(s9)
        fence
        sw      s6, PHASE(s0)
        mv      a0, s6
        jal     await                   # until the other one has looked
        li      t0, ROUNDS
        bne     s6, t0, next_round
        mv      a0, s6
        jal     join
        j       succeed

sharer:
        li      s6, 0
next_look:
        addi    s6, s6, 1
look:
        ld      t1, 0(s4)               # whatever they hold
        ld      t2, 0(s9)
        lw      t0, PHASE(s0)
        blt     t0, s6, look
        .include "lib/look.inc"

        .include "../lab/lib/threads.inc"
        .include "../lab/lib/routines.inc"
