# tlb_flush1: every thread gives pages of a file back that it has copied, one by one, and uses them again.
#
#     pagewalk run programs/lab/tlb_flush1.s PAGES OTHERS ROUNDS --harts HARTS
#
# A round is, for each of PAGES pages (16 at most), a store, which copies the page, madvise(MADV_DONTNEED) and a load,
# which finds what the file says. It is will-it-scale's tlb_flush1 (a private mapping of 32,768 pages of a file in
# memory); the program's own file stands for that, so there is no mmap and munmap around it. OTHERS threads (63 at most)
# do so beside the first one, each on a hart and on pages of its own.

#? run: --set check_stale=1 --harts 4 3 3 2
#? run: --set check_stale=1 --set locks=mmap --harts 4 3 3 2
#? run: --set check_stale=1 --set locks=vma --harts 4 3 3 2
#? run: --set locks=vma 3 0 2
#? exit_status == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0          # F68
#? [harts=4] shootdown.count >= 24      # each hart's 3 pages, twice

        .equ    MOST, 16
        .equ    FOUND, 7

        .include "lib/begin.inc"

        begin   4
        jal     number
        li      t0, MOST
        bgtu    a0, t0, wrong
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        li      t0, 63
        bgtu    a0, t0, wrong
        mv      s1, a0                  # OTHERS
        jal     number
        mv      s7, a0                  # ROUNDS
        j       all_work

rounds:
        mv      s8, ra
        li      t0, MOST << PAGE_SHIFT
        mul     t0, t0, s2
        la      s4, pages
        add     s4, s4, t0              # this thread's
        li      s9, FOUND
next_round:
        beqz    s6, enough
        addi    s6, s6, -1
        jal     one_by_one
        j       next_round
enough: jr      s8

        .include "lib/one_by_one.inc"
        .include "lib/together.inc"
        .include "lib/threads.inc"
        .include "lib/routines.inc"

        .data
        .balign PAGE
pages:
        .rept   64 * MOST
        .dword  FOUND
        .space  PAGE - 8
        .endr
