# 1-tlb: 128 pages, eight words of each, in an order that a TLB likes.
#
# The program reads the first eight words of each of 128 pages: 1024 loads. It goes through all pages for the first
# word, through all pages again for the second one, and so on. The first-level TLB for data holds 64 pages: by the time
# that the program comes back to a page, its entry is gone.
#
# Change the order of the loads, not their number, so that the promises hold.

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
        li      t0, 0                   # t0: which word
next_word:
        li      t1, 0                   # t1: which page
next_page:
        mul     t2, t1, s1
        slli    t3, t0, 3
        add     t2, t2, t3
        add     t2, t2, s0              # the word's address
        ld      t4, 0(t2)
        addi    t1, t1, 1
        li      t5, PAGES
        bne     t1, t5, next_page
        addi    t0, t0, 1
        li      t5, WORDS
        bne     t0, t5, next_word

        li      a0, 0
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
table:  .skip   PAGES * PAGE
