# chase: how long one load takes whose page is one of so many, when each load waits for the one before.
#
#     pagewalk run programs/lab/chase.s PAGES ROUNDS
#
# PAGES pages, a multiple of 8, hold one word each: the address of the next one's. Each is in a line of its own of the
# page, or all would meet in one set of the cache. A round goes through them all. It finds every translation in the
# first-level TLB while that holds them all, then in the second, and then walks; what it takes more shows which.
#
# Marks: 1 before ROUNDS rounds, with two behind, 2 after them.

#? run: 8 2
#? run: 128 1
#? exit_status == 0
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   3
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        srli    s6, a0, 3               # bunches of 8 loads in a round
        jal     number
        mv      s7, a0                  # ROUNDS

        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the range
        add     s5, s5, s4              # its end

        mv      a0, s4
        jal     cell
        mv      s8, t0                  # where the first word is, and the chase begins
link:   mv      s9, t0
        li      t1, PAGE
        add     a0, a0, t1
        beq     a0, s5, last
        jal     cell
        sd      t0, 0(s9)
        j       link
last:   sd      s8, 0(s9)

        mv      a0, s8
        slli    t1, s6, 1
        jal     chase
        li      a0, 1
        li      a7, SYS_mark
        ecall
        mul     t1, s6, s7
        mv      a0, s8
        jal     chase
        mv      s9, a0
        li      a0, 2
        li      a7, SYS_mark
        ecall
        bne     s9, s8, wrong           # whole rounds end where they began
        j       succeed

# chase: follow the words from a0, t1 times 8 of them.
chase:  beqz    t1, done
        addi    t1, t1, -1
        .rept   8
        ld      a0, 0(a0)
        .endr
        j       chase

# cell: t0 becomes the place of the word of the page at a0.
cell:   srli    t0, a0, PAGE_SHIFT
        andi    t0, t0, LINES - 1
        slli    t0, t0, LINE_SHIFT
        add     t0, t0, a0
        ret

        .include "lib/routines.inc"
