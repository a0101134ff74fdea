# 2-walk: take a virtual address apart, as a walk does.
#
# With Sv39 an address is three numbers of 9 bits each, one for each level of the page table, and 12 bits that say where
# in the page:
#
#     38        30 29        21 20        12 11         0
#     [ level 2 ]  [ level 1 ]  [ level 0 ]  [  offset  ]
#
# The program exits with the number of parts that it gets wrong. As it stands these are two: mend them.

#? exit_status == 0
#? fault.total == 0
#? frames.leaked == 0

        .equ    SYS_exit, 93

        .text
        .globl  _start
_start:
        la      s0, address
        ld      s1, 0(s0)
        la      s2, parts
        li      a0, 0                   # how many are wrong

        srli    t0, s1, 30              # level 2: bits 38 to 30
        ld      t1, 0(s2)
        xor     t2, t0, t1
        snez    t2, t2
        add     a0, a0, t2

        srli    t0, s1, 20              # level 1: bits 29 to 21
        ld      t1, 8(s2)
        xor     t2, t0, t1
        snez    t2, t2
        add     a0, a0, t2

        srli    t0, s1, 12              # level 0: bits 20 to 12
        ld      t1, 16(s2)
        xor     t2, t0, t1
        snez    t2, t2
        add     a0, a0, t2

        slli    t0, s1, 52              # the offset: all other bits are shifted out, and zeros in
        srli    t0, t0, 52
        ld      t1, 24(s2)
        xor     t2, t0, t1
        snez    t2, t2
        add     a0, a0, t2

        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
address:
        .dword  0x3fff6fe123
parts:  .dword  255, 507, 254, 0x123    # by hand: 0x3fff6fe is 255 x 2^18 + 507 x 2^9 + 254
