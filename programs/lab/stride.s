# stride: how long one load takes whose page is one of so many, when no load waits for the one before.
#
#     pagewalk run programs/lab/stride.s PAGES ROUNDS STRIDE
#
# As chase, but that addresses come of the ones before, not of what was loaded: PAGES pages (64 at most), STRIDE pages
# apart, of each a word in a line of its own. Where loads that depend on no other
# overlap (`[overlap]` of a profile), they take a share of what those of chase take.
#
# Marks: 1 before ROUNDS rounds, with eight behind, 2 after them.

#? run: 8 2 1
#? run: --set overlap.walkers=2 --set overlap.loads=10 8 8 16
#? exit_status == 0
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   4
        jal     number
        mv      s6, a0                  # PAGES
        jal     number
        mv      s7, a0                  # ROUNDS
        jal     number
        slli    s10, a0, PAGE_SHIFT
        addi    s10, s10, 1 << LINE_SHIFT       # from word to word

        mul     a0, s6, s10
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0

        mv      t0, s4                  # each page holds a one
        mv      t1, s6
        li      t2, 1
fill:   sd      t2, 0(t0)
        add     t0, t0, s10
        addi    t1, t1, -1
        bnez    t1, fill

        li      s5, 8
        jal     rounds
        mark    1
        mv      s5, s7
        jal     rounds
        mv      s9, a0
        mark    2
        mul     t0, s6, s7
        bne     s9, t0, wrong           # as many ones as loads
        j       succeed

# rounds: a0 becomes the sum of s5 rounds through all pages.
rounds: li      a0, 0
round:  beqz    s5, done
        addi    s5, s5, -1
        mv      t0, s4
        mv      t1, s6
next:   ld      t2, 0(t0)
        add     a0, a0, t2
        add     t0, t0, s10
        addi    t1, t1, -1
        bnez    t1, next
        j       round

        .include "lib/routines.inc"
