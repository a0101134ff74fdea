# arenas: every thread gives memory back and uses it again, all at the same time, each in an arena of its own.
#
#     pagewalk run programs/lab/arenas.s PAGES OTHERS ROUNDS --harts HARTS
#
# A round is madvise(MADV_DONTNEED) on PAGES pages and a store to each. An arena is memory whose addresses no other thread
# has any of within 2 MiB, as the heaps of glibc's malloc are that each thread has for itself: so page tables of the last
# level are no two threads', but pages of one address space all the same. OTHERS threads do so beside the first one, each
# on a hart of its own.

#? run: --set check_stale=1 --harts 4 2 3 5
#? run: --set check_stale=1 --set numa=10,21/21,10 --flush ceiling:33+numapte --harts 4 2 3 5
#? run: 2 0 5
#? exit_status == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0          # F68

        .include "lib/begin.inc"

        .equ    SPAN, 1 << 21           # what one page table of the last level maps

        begin   4
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # OTHERS
        jal     number
        mv      s7, a0                  # ROUNDS
        li      s9, 0                   # the thread's arena, once it has one
        j       all_work

rounds:
        mv      s8, ra
        bnez    s9, next_round
        li      a0, 2 * SPAN
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        li      t0, SPAN - 1
        add     a0, a0, t0
        not     t0, t0
        and     s9, a0, t0
next_round:
        beqz    s6, enough
        addi    s6, s6, -1
        mv      a0, s9
        mv      a1, s5
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
        ecall
        bnez    a0, wrong
        mv      a0, s9
        add     a1, s9, s5
        li      a2, -1
        jal     write_pages
        j       next_round
enough: jr      s8

        .include "lib/together.inc"
        .include "lib/threads.inc"
        .include "lib/routines.inc"
