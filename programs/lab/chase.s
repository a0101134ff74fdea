# chase: how long one load takes whose page is one of so many, when each load waits for the one before.
#
#     pagewalk run programs/lab/chase.s PAGES ROUNDS STRIDE
#
# PAGES pages, STRIDE pages apart, hold one word each: the address of the next one's. Each is in a line of its own of
# the page, or all would meet in one set of the cache. A round goes through them all; PAGES times ROUNDS is a multiple
# of 8. It finds every translation in the first-level TLB while that holds them all, then in the second, and then walks;
# what it takes more shows which. Pages a multiple of a TLB's sets apart meet in one set of it.
#
# Marks: 1 before ROUNDS rounds, with eight behind, 2 after them.

#? run: 8 2 1
#? run: 128 1 1
#? run: 5 8 16
#? exit_status == 0
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   4
        jal     number
        mv      s6, a0                  # PAGES
        jal     number
        mul     s7, s6, a0
        srli    s7, s7, 3               # bunches of 8 loads in ROUNDS rounds
        jal     number
        slli    s10, a0, PAGE_SHIFT     # STRIDE, in bytes

        mul     a0, s6, s10
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the page that is linked

        li      s5, 0                   # how many are
        jal     cell
        mv      s8, t0                  # where the first word is, and the chase begins
link:   mv      s9, t0
        add     s4, s4, s10
        addi    s5, s5, 1
        beq     s5, s6, last
        jal     cell
        sd      t0, 0(s9)
        j       link
last:   sd      s8, 0(s9)

        mv      a0, s8
        mv      t1, s6                  # as many bunches as pages are 8 rounds
        jal     chase
        mark    1
        mv      t1, s7
        mv      a0, s8
        jal     chase
        mv      s9, a0
        mark    2
        bne     s9, s8, wrong           # whole rounds end where they began
        j       succeed

# chase: follow the words from a0, t1 times 8 of them.
chase:  beqz    t1, done
        addi    t1, t1, -1
        .rept   8
        ld      a0, 0(a0)
        .endr
        j       chase

# cell: t0 becomes the place of the word of page number s5, at s4.
cell:   andi    t0, s5, LINES - 1
        slli    t0, t0, LINE_SHIFT
        add     t0, t0, s4
        ret

        .include "lib/routines.inc"
