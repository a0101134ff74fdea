# walked: pages are given back while another hart may be walking to them out of turn, and their PTEs must stay as they are.
#
#     pagewalk run programs/stale/walked.s --harts 2 --tlb adversarial --flush ceiling:33+abis --set bug=late-accessed-bit
#
# The first thread stores to pages, gives them back, and finds zeros in them a while later. The second thread never touches
# them; its registers point there, and that is enough for its hart to begin a walk. The walk finds A clear, as this kernel
# leaves it in pages that one hart alone has touched (abis), and sets it: at once or never, and never in a PTE that the
# kernel has cleared meanwhile (F18, F19).

#? run: --harts 2
#? run: --harts 2 --flush ceiling:33+abis
#? run: --harts 2 --tlb adversarial --flush ceiling:33+abis --schedule seed:1
#? run: --harts 4 --tlb adversarial --flush asid+abis+lazy --schedule seed:2
#? exit_status == 0             # the first thread found zeros in every round
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    ROUNDS, 40
        .equ    PAGES, 5                # as far as walks go out of turn: two to either side
        .equ    TURNS, 128              # in the control area: what the second thread has counted
        .equ    WHILE, 100              # of these

        begin   1
        li      s1, 1
        jal     map_control             # s0
        li      s5, PAGES * PAGE
        map_range                       # s4 to s5
        jal     start_threads

        li      s6, 0
next_round:
        addi    s6, s6, 1
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     write_pages
        mv      a0, s4
        li      a1, PAGES * PAGE
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
culprit_1:
        ecall
        bnez    a0, wrong
        jal     pause
        mv      a0, s4
        mv      a1, s5
        li      a2, 0
        jal     read_pages
        li      t0, ROUNDS
        bne     s6, t0, next_round
        li      a0, 1
        jal     join
        j       succeed

# pause: wait while the second thread runs.
pause:
        ld      t0, TURNS(s0)
        addi    t0, t0, WHILE
not_yet:
        ld      t1, TURNS(s0)
        blt     t1, t0, not_yet
        ret

sharer:
        li      t0, 2 * PAGE
        add     t0, t0, s4              # the page in the middle
        .irp    register, t2, t3, t4, t5, t6, s5, s6, s7, s8, s9, s10, s11, a1, a2, a3, a4, a5, a6, a7
        mv      \register, t0
        .endr
        li      t0, 0
count:
        addi    t0, t0, 1
        sd      t0, TURNS(s0)
        lw      t1, PHASE(s0)
        beqz    t1, count
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "../lab/lib/threads.inc"
        .include "../lab/lib/routines.inc"
