# hot_loop REPEATS: sum 16 KiB of words again and again. Every access hits the TLB and L1d.
# A timed pass is 2048 times ld, add, addi, bne, and four instructions around them. The sum is checked at the end.

        .equ    SIZE, 16384
        .equ    COUNT, SIZE / 8

        .macro  step
        addi    a1, a1, 8
        .endm

        .include "lib/begin.inc"
        .include "lib/sum.inc"
        .include "lib/end.inc"
