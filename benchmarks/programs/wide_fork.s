# wide_fork REPEATS: fork with 256 MiB, 65,536 pages, mapped and written. The child ends at once, and the parent
# writes every page again, untimed: each fork finds them all writable. At the end each page must hold its own address.

        .equ    SIZE, 256 << 20
        .equ    PAGE, 4096

        .include "lib/fork.inc"
        .include "lib/begin.inc"

        li      s5, PAGE
        mv      a1, s2
fill:   sd      a1, 0(a1)
        add     a1, a1, s5
        bne     a1, s3, fill
again:  beqz    s0, check               # set-up ends here
        addi    s0, s0, -1
        fork_and_wait end
        mv      a1, s2
rewrite:
        sd      a1, 0(a1)
        add     a1, a1, s5
        bne     a1, s3, rewrite
        j       again

check:  beqz    s1, end                 # nothing was asked for
        mv      a1, s2
kept:   ld      t0, 0(a1)
        bne     t0, a1, wrong
        add     a1, a1, s5
        bne     a1, s3, kept

        .include "lib/end.inc"
