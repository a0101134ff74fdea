# tlb_flush: every thread gives pages of its own back, one by one, and uses them again; all in one address space.
#
#     pagewalk run programs/lab/tlb_flush.s SHARED PAGES OTHERS ROUNDS --harts HARTS
#
# A round is mmap of PAGES pages, shared ones if SHARED is 1; for each a store, madvise(MADV_DONTNEED) and a load; and
# munmap. It is will-it-scale's tlb_flush2 (private, 256 pages) and tlb_flush3 (shared, 32,768 pages of a file in memory;
# memory without a file stands for it here). OTHERS threads do so beside the first one, each on a hart of its own. No
# thread uses another's pages, but each madvise has to be told to every hart that runs one.

#? run: --set check_stale=1 --harts 4 0 3 3 2
#? run: --set check_stale=1 --set locks=mmap --harts 4 0 3 3 2
#? run: --set check_stale=1 --set locks=vma --harts 4 0 3 3 2
#? run: --set check_stale=1 --set locks=vma --harts 4 1 3 3 2
#? run: --set locks=vma 1 3 0 2
#? exit_status == 0
#? fault.fatal == 0
#? cow.copies == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0          # F68
#? [harts=4] shootdown.count >= 24      # each hart's 3 pages, twice

        .include "lib/begin.inc"

        begin   5
        jal     number
        mv      s9, a0                  # SHARED, and what is found again: 1 or 0
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # OTHERS
        jal     number
        mv      s7, a0                  # ROUNDS
        j       all_work

rounds:
        mv      s8, ra
next_round:
        beqz    s6, enough
        addi    s6, s6, -1
        li      a3, MAP_PRIVATE_ANONYMOUS
        beqz    s9, chosen
        li      a3, MAP_SHARED_ANONYMOUS
chosen: mv      a0, s5
        jal     map
        mv      s4, a0
        jal     one_by_one
        mv      a0, s4
        mv      a1, s5
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong
        j       next_round
enough: jr      s8

        .include "lib/one_by_one.inc"
        .include "lib/together.inc"
        .include "lib/threads.inc"
        .include "lib/routines.inc"
