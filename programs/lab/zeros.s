# zeros: loads from many pages that nobody has written, all of them one frame of zeros (F6).
#
#     pagewalk run programs/lab/zeros.s PAGES ROUNDS
#
# Of each page a word is read, in a line of its own of the page, as in chase. The caches are tagged with physical
# addresses, so that no more than the 64 lines of one frame are in use, however many the pages; of translations there
# are as many as pages.
#
# Marks: 1 before ROUNDS rounds, with one behind, 2 after them.

#? run: 8 2
#? run: 128 1
#? exit_status == 0
#? zero.fills == 0              # no page is written, so none gets a frame of its own
#? cow.copies == 0
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   3
        jal     number
        mv      s6, a0                  # PAGES
        jal     number
        mv      s7, a0                  # ROUNDS

        slli    a0, s6, PAGE_SHIFT
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0

        li      s5, 1
        jal     rounds
        mark    1
        mv      s5, s7
        jal     rounds
        mv      s9, a0
        mark    2
        bnez    s9, wrong               # zeros all of them
        j       succeed

# rounds: a0 becomes what is found in s5 rounds through all pages.
rounds: li      a0, 0
round:  beqz    s5, done
        addi    s5, s5, -1
        mv      t0, s4                  # the page
        li      t1, 0                   # its number
        li      t3, PAGE
next:   andi    t2, t1, LINES - 1
        slli    t2, t2, LINE_SHIFT
        add     t2, t2, t0
        ld      t2, 0(t2)
        or      a0, a0, t2
        add     t0, t0, t3
        addi    t1, t1, 1
        bne     t1, s6, next
        j       round

        .include "lib/routines.inc"
