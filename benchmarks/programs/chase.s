# chase REPEATS: follow REPEATS * 65536 pointers through 64 MiB. TLBs and caches miss, and nothing overlaps.
# Node i of 2**20, 64 bytes each, points to node (1664525 i + 1013904223) mod 2**20, which is one cycle through all.
# A timed pass is 65536 times ld, addi, bne, and four instructions around them. Sixteen passes come back to the start.

        .equ    SIZE, 64 << 20
        .equ    NODES, 1 << 20
        .equ    STEPS, 65536

        .include "lib/begin.inc"

        li      t1, 1664525
        li      t2, 1013904223
        li      t3, NODES - 1
        mv      a1, s2
        li      t0, 0                   # i
fill:   mul     t4, t0, t1
        add     t4, t4, t2
        and     t4, t4, t3
        slli    t4, t4, 6
        add     t4, t4, s2
        sd      t4, 0(a1)
        addi    t0, t0, 1
        addi    a1, a1, 64
        bne     a1, s3, fill
        mv      a1, s2
again:  beqz    s0, check               # set-up ends here
        addi    s0, s0, -1
        li      t0, STEPS
next:   ld      a1, 0(a1)
        addi    t0, t0, -1
        bnez    t0, next
        j       again

check:  beqz    s1, end                 # nothing was asked for
        andi    t0, s1, 15              # sixteen passes are the whole cycle
        bnez    t0, end
        bne     a1, s2, wrong

        .include "lib/end.inc"
