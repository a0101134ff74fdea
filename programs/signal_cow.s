# signal_cow: copy-on-write without the kernel's, by a handler of SIGSEGV.
#
# A store keeps a snapshot of its data: four pages, read-only, and beside them room for copies of the old contents. A
# store to a page is refused, for the region does not grant it (F2). The handler finds the address in siginfo, copies the
# page into the snapshot, lets the page be written again with mprotect, and returns: the same store runs again and takes
# effect once (F3). A second store to the page is not refused, and a page that nobody writes to is never copied.
# What the kernel does for a fork, a program does here for itself, at the price of a signal for each page.

#? exit_status == 0
#? signal.delivered == 2               # two pages are written, each page is refused once
#? fault.fatal == 2                    # both refusals end in a signal, and the program lives on
#? cow.copies == 0                     # all the copying is the handler's
#? frames.leaked == 0                  # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_rt_sigaction
                                        # SYS_mmap
                                        # SYS_mprotect
        .equ    SIGSEGV, 11
        .equ    SA_SIGINFO, 4
        .equ    SEGV_ACCERR, 2
        .equ    PROT_READ, 1
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    PAGES, 4

        .text
        .globl  _start
_start:
        li      a0, 0                   # the pages, and the snapshot behind them
        li      a1, 2 * PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0
        li      s3, PAGE
        li      t0, PAGES * PAGE
        add     s1, s0, t0              # s1: the snapshot

        mv      t0, s0                  # page n holds n, from 1
        li      t1, 1
        li      t2, PAGES
fill:
        sd      t1, 8(t0)
        add     t0, t0, s3
        addi    t1, t1, 1
        ble     t1, t2, fill

        la      t0, action              # what the handler works with is global: a signal may come anywhere
        la      t1, data
        sd      s0, 0(t1)
        li      a0, SIGSEGV
        mv      a1, t0
        li      a2, 0
        li      a3, 8
        li      a7, SYS_rt_sigaction
        ecall
        bnez    a0, wrong

        mv      a0, s0                  # the snapshot is taken: from here on the old contents are kept
        li      a1, PAGES * PAGE
        li      a2, PROT_READ
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong

        li      t0, 100
        add     t1, s0, s3              # the second page: refused, copied, stored
        sd      t0, 8(t1)
        sd      t0, 16(t1)              # its page is writable now
        add     t1, t1, s3
        add     t1, t1, s3              # the fourth one
        li      t2, 5
        amoadd.d t3, t2, (t1)           # an atomic is restarted like a store
        bnez    t3, wrong

        add     t1, s0, s3
        ld      t2, 8(t1)
        bne     t2, t0, wrong
        add     t2, s1, s3
        ld      t2, 8(t2)               # the snapshot has what was there before
        li      t3, 2
        bne     t2, t3, wrong
        li      t2, 3 * PAGE
        add     t1, s0, t2
        ld      t3, 0(t1)
        li      t4, 5
        bne     t3, t4, wrong           # added once
        add     t1, s1, t2
        ld      t3, 0(t1)
        bnez    t3, wrong
        ld      t3, 8(t1)
        li      t4, 4
        bne     t3, t4, wrong
        ld      t3, 8(s1)               # of the first page nothing was copied
        bnez    t3, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

# copy_page: the handler. a1: siginfo, in which the code is at 8 and the address at 16.
copy_page:
        lw      t0, 8(a1)
        li      t1, SEGV_ACCERR
        bne     t0, t1, wrong
        ld      t0, 16(a1)
        li      t1, -PAGE
        and     t0, t0, t1              # t0: the page
        ld      t1, data
        sub     t2, t0, t1
        li      t3, PAGES * PAGE
        bgeu    t2, t3, wrong
        add     t3, t0, t3              # t3: its copy
        mv      t4, t0
        li      t5, PAGE
        add     t5, t5, t0
copy:
        ld      t6, 0(t4)
        sd      t6, 0(t3)
        addi    t4, t4, 8
        addi    t3, t3, 8
        bne     t4, t5, copy
        mv      a0, t0
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong
        ret                             # through the kernel's page, to the store

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 8
action: .dword  copy_page               # the handler, its flags, the signals it puts off
        .dword  SA_SIGINFO
        .dword  0
data:   .dword  0
