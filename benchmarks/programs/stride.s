# stride REPEATS: one word of each page of 64 MiB, in order. Every access misses every TLB.
# A timed pass is 16384 times ld, add, add, bne, and four instructions around them. The sum is checked at the end.

        .equ    SIZE, 64 << 20
        .equ    PAGE, 4096
        .equ    COUNT, SIZE / PAGE

        .macro  step
        add     a1, a1, s5
        .endm

        .include "lib/begin.inc"
        li      s5, PAGE
        .include "lib/sum.inc"
        .include "lib/end.inc"
