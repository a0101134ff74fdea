# 1-tlb: 128 pages, eight words of each, in an order that a TLB likes.
#
# The solution: the two loops change places. All words of a page are read before the next page, so one walk serves eight
# loads.

#? exit_status == 0
#? loads == 1024                # 128 pages, eight words each
#? fault.total == 0             # .data is mapped when the program begins: what the TLB misses, a walk finds
#? tlb.l1d.misses <= 130        # each page once, and two for good measure
#? frames.leaked == 0

        .equ    SYS_exit, 93
        .equ    PAGE, 4096
        .equ    PAGES, 128
        .equ    WORDS, 8

        .text
        .globl  _start
_start:
        la      s0, table
        li      s1, PAGE
        li      t1, 0                   # t1: which page
next_page:
        li      t0, 0                   # t0: which word
next_word:
        mul     t2, t1, s1
        slli    t3, t0, 3
        add     t2, t2, t3
        add     t2, t2, s0              # the word's address
        ld      t4, 0(t2)
        addi    t0, t0, 1
        li      t5, WORDS
        bne     t0, t5, next_word
        addi    t1, t1, 1
        li      t5, PAGES
        bne     t1, t5, next_page

        li      a0, 0
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
table:  .skip   PAGES * PAGE
