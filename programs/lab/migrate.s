# migrate: a thread that moves to and fro between two harts, and gives back a page each time.
#
#     pagewalk run programs/lab/migrate.s PAGES ROUNDS --harts 2
#
# A round is madvise(MADV_DONTNEED) on one page, a store to it, a read of PAGES others, and a move to the other hart.
# The hart that is left keeps TLB entries of the process. A kernel that does not know how current they are has to
# interrupt it for every invalidation, or flush everything when the thread comes back; one that counts generations
# knows.
#
# Marks: 1 before ROUNDS rounds, with two behind, 2 after them.

#? run: --set check_stale=1 --harts 2 8 6
#? run: --harts 4 0 5
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   3
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s7, a0                  # ROUNDS

        li      s2, 0
        jal     pin
        li      t0, PAGE
        add     a0, s5, t0
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s6, a0                  # the page that is given back
        li      t0, PAGE
        add     s4, s6, t0              # the others
        add     s5, s5, s4              # their end
        mv      a1, s5
        li      a2, -1
        jal     write_pages

        li      s8, 2
        jal     rounds
        mark    1
        mv      s8, s7
        jal     rounds
        mark    2
        j       succeed

# rounds: s8 rounds.
rounds:
        mv      s9, ra
next_round:
        beqz    s8, enough
        addi    s8, s8, -1
        mv      a0, s6
        li      a1, PAGE
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
        ecall
        bnez    a0, wrong
        mv      a0, s6
        mv      a1, s4
        li      a2, -1
        jal     write_pages
        mv      a0, s6
        mv      a1, s5
        li      a2, -1
        jal     read_pages
        xori    s2, s2, 1
        jal     pin
        j       next_round
enough: jr      s9

        .include "lib/pin.inc"
        .include "lib/routines.inc"
