# snapshot_store: a store that saves itself while it goes on, as Redis does.
#
# The store is 64 pages. To save them as they are at one moment it forks: the child has them all, as they were, and writes
# them to a file, while the parent goes on changing them. Copy-on-write makes the moment cheap: the parent pays for those
# 16 pages that it changes meanwhile, and nobody for the others (F1, F3, F8). What the child reads is never copied, nor
# does the page cache take pages of its memory: the file has frames of its own.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? zero.fills == 128                    # the store's pages, and as many of the file
#? frames.leaked == 0                   # F68
#? [fork=cow] fork.write_protected == 65        # the store, and the top of the stack
#? [fork=cow] cow.copies == 16                  # what the parent changes while the child saves
#? [fork=cow] cow.reuses == 0
#? [fork=eager] fork.eager_copies == 65
#? [fork=eager] cow.copies == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
                                        # SYS_openat
                                        # SYS_unlinkat
        .equ    SIGCHLD, 17
        .equ    PROT_READ, 1
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED, 1
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    AT_FDCWD, -100
        .equ    READ_WRITE_CREATE_TRUNCATE, 0x242
        .equ    PAGE, 4096
        .equ    PAGES, 64
        .equ    CHANGED, 16

        .section .rodata
name:   .asciz  "snapshot"

        .text
        .globl  _start
_start:
        li      s1, PAGES
        li      s3, PAGE
        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0                  # s0: the store

        mv      t0, s0                  # page n holds n, from 1
        li      t1, 1
fill:
        sd      t1, 0(t0)
        add     t0, t0, s3
        addi    t1, t1, 1
        ble     t1, s1, fill

        li      a0, AT_FDCWD            # one open file, which parent and child have both
        la      a1, name
        li      a2, READ_WRITE_CREATE_TRUNCATE
        li      a3, 0x1a4               # rw-r--r--
        li      a7, SYS_openat
        ecall
        bltz    a0, wrong
        mv      s2, a0

        li      a0, SIGCHLD             # the moment
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

        mv      t0, s0                  # the store goes on: its first 16 pages change
        li      t1, CHANGED
change:
        sd      zero, 0(t0)
        add     t0, t0, s3
        addi    t1, t1, -1
        bnez    t1, change

        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        li      a0, 0                   # the file, to compare
        li      a1, PAGES * PAGE
        li      a2, PROT_READ
        li      a3, MAP_SHARED
        mv      a4, s2
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        li      t1, 1
verify:
        ld      t2, 0(a0)
        bne     t2, t1, wrong           # the page as it was at that moment, changed since or not
        add     a0, a0, s3
        addi    t1, t1, 1
        ble     t1, s1, verify
        ld      t2, 0(s0)
        bnez    t2, wrong               # and the store as it is now

        li      a0, AT_FDCWD
        la      a1, name
        li      a2, 0
        li      a7, SYS_unlinkat
        ecall
        li      a7, SYS_exit
        ecall

child:
        mv      a0, s2
        mv      a1, s0
        li      a2, PAGES * PAGE
        li      a7, SYS_write
        ecall
        li      t0, PAGES * PAGE
        bne     a0, t0, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
