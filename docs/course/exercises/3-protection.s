# 3-protection: a page that is read-only for a while.
#
# A program protects its data against itself: it makes a page read-only, does something else, and stores to the page
# again. As it stands the store ends in SIGSEGV, for the region does not grant it any more: no copy-on-write mends that.
#
# Let the program ask for the permission back, before it stores. mprotect(address, length, prot) is system call 226.

#? exit_status == 0
#? fault.total == 0             # nothing is refused, and nothing has to be mended
#? flush.page == 2              # the TLB is told twice: when the permission goes, and when it comes back (F44)
#? frames.leaked == 0

        .equ    SYS_exit, 93
        .equ    SYS_mprotect, 226
        .equ    PROT_READ, 1
        .equ    PROT_READ_WRITE, 3
        .equ    PAGE, 4096

        .text
        .globl  _start
_start:
        la      s0, page
        li      t0, 1
        sd      t0, 0(s0)

        mv      a0, s0
        li      a1, PAGE
        li      a2, PROT_READ
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong
        ld      t1, 0(s0)               # reading is still allowed

        li      t0, 2
        sd      t0, 0(s0)

        ld      t1, 0(s0)
        bne     t0, t1, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
page:   .dword  0
        .balign 4096
