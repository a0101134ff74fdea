# discard: memory is given back and used again, over and over, while other threads run.
#
#     pagewalk run programs/lab/discard.s PAGES SHARERS ROUNDS --harts HARTS
#
# A round is madvise(MADV_DONTNEED) on PAGES pages and a store to each. It is what an allocator does that returns memory
# early, and what EuroSys 2020 (Amit, Tai, Wei) measured with one page and 1, 2 and 4 threads. Threads on harts 1 to
# SHARERS have read the pages once, and spin.
#
# Marks: 1 before ROUNDS rounds, with one behind, 2 after them.

#? run: --set check_stale=1 --harts 4 2 3 5
#? run: 2 0 5
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   4
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # SHARERS
        jal     number
        mv      s7, a0                  # ROUNDS

        jal     map_control             # s0
        map_range                       # s4 to s5
        jal     start_threads
        mv      a0, s1
        jal     await

        li      s6, 1
        jal     rounds
        mark    1
        mv      s6, s7
        jal     rounds
        mark    2

        li      a2, -1                  # the last stores are there
        mv      a0, s4
        mv      a1, s5
        jal     read_pages
        jal     discard
        li      a2, 0                   # and what was discarded is not
        mv      a0, s4
        mv      a1, s5
        jal     read_pages
        li      a0, 1
        jal     join
        j       succeed

# rounds: discard the range and store to it, s6 times.
rounds:
        mv      s8, ra
next_round:
        beqz    s6, enough
        addi    s6, s6, -1
        jal     discard
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     write_pages
        j       next_round
enough: jr      s8

discard:
        mv      a0, s4
        sub     a1, s5, s4
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
        ecall
        bnez    a0, wrong
        ret

sharer:
        use_range                       # until phase 1
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "lib/threads.inc"
        .include "lib/routines.inc"
