# 6-zero-page: eight pages for the price of two.
#
# The program asks for eight pages, looks whether they are zero, and stores to two of them. As it stands each of these
# two faults twice: once when it is read, and is mapped to the page of zeros, and once when it is stored to.
#
# Change the order, so that no page faults twice. Each page is still read, and the two are still stored to.

#? exit_status == 0
#? zero.maps == 6               # pages that are only read
#? zero.fills == 2              # pages that are stored to
#? fault.total == 8             # each page once
#? frames.leaked == 0

        .equ    SYS_exit, 93
        .equ    SYS_mmap, 222
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    PAGES, 8

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0
        li      s1, PAGE

        mv      t0, s0                  # read the second word of all pages
        li      t1, PAGES
read:
        ld      t2, 8(t0)
        bnez    t2, wrong
        add     t0, t0, s1
        addi    t1, t1, -1
        bnez    t1, read

        li      t2, 7                   # store to the first word of two of them
        sd      t2, 0(s0)
        add     t0, s0, s1
        sd      t2, 0(t0)

        li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
