# cow_storm REPEATS: fork, and let the child store to each of 4096 pages. Every store is copied.
# A timed pass is the fork and the child's stores, 4096 times sd, add, bne. Then, untimed, the child checks that each page
# holds its store and the rest of the copied page, and ends; at the very end the parent checks that it saw none of it.

        .equ    SIZE, 16 << 20
        .equ    PAGE, 4096

        .include "lib/fork.inc"
        .include "lib/begin.inc"

        li      s5, PAGE
        mv      a1, s2
        li      t0, 0
fill:   sd      t0, 0(a1)               # page n holds n, twice
        sd      t0, 8(a1)
        addi    t0, t0, 1
        add     a1, a1, s5
        bne     a1, s3, fill
again:  beqz    s0, check               # set-up ends here
        addi    s0, s0, -1
        fork_and_wait child
        j       again

child:  li      s4, -1
        mv      a1, s2
store:  sd      s4, 0(a1)
        add     a1, a1, s5
        bne     a1, s3, store

        mv      a1, s2                  # from here on untimed
        li      t0, 0
seen:   ld      t1, 0(a1)
        bne     t1, s4, wrong
        ld      t1, 8(a1)
        bne     t1, t0, wrong
        addi    t0, t0, 1
        add     a1, a1, s5
        bne     a1, s3, seen
        j       end

check:  beqz    s1, end                 # nothing was asked for
        mv      a1, s2
        li      t0, 0
unseen: ld      t1, 0(a1)
        bne     t1, t0, wrong
        ld      t1, 8(a1)
        bne     t1, t0, wrong
        addi    t0, t0, 1
        add     a1, a1, s5
        bne     a1, s3, unseen

        .include "lib/end.inc"
