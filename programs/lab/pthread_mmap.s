# pthread_mmap: every thread maps memory, touches it and unmaps it, over and over, all in one address space.
#
#     pagewalk run programs/lab/pthread_mmap.s PAGES OTHERS ROUNDS --harts HARTS
#
# A round is mmap of PAGES pages, a store to each, and munmap: what a thread does whose allocator gives large pieces back
# at once, and with more pages will-it-scale's page_fault1. OTHERS threads do so beside the first one, each on a hart of
# its own. No thread uses another's pages, but each munmap has to be told to every hart that runs one, and mmap and munmap
# wait for one lock.

#? run: --set check_stale=1 --harts 4 2 3 5
#? run: --set check_stale=1 --set locks=mmap --harts 4 2 3 5
#? run: --set check_stale=1 --set locks=vma --harts 4 2 3 5
#? run: --set locks=mmap 2 0 5
#? exit_status == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0          # F68
#? [harts=4] shootdown.count >= 20

        .include "lib/begin.inc"

        begin   4
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
        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0
        add     a1, s4, s5
        li      a2, -1
        jal     write_pages
        mv      a0, s4
        mv      a1, s5
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong
        j       next_round
enough: jr      s8

        .include "lib/together.inc"
        .include "lib/threads.inc"
        .include "lib/routines.inc"
