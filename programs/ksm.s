# ksm: sixteen pages that hold the same become one.
#
# The program fills sixteen pages alike and offers them: madvise(MADV_MERGEABLE). A scan, here at the next system call,
# finds them equal. It takes each page from its owner for a moment, so that nobody can change it meanwhile, and maps the
# first one's frame in its place, read-only: fifteen frames are free again. Nothing tells the program. When it stores to
# one page, that is copied, as after a fork: the other fifteen must not see it (F61).

#? run: --ksm 1
#? run: --ksm 1 --paging x86-64
#? run: --ksm 1 --harts 2 --tlb adversarial
#? exit_status == 0                     # every page reads as it was stored
#? ksm.merged == 15                     # sixteen pages, one frame
#? ksm.broken == 1                      # the store to the fifth page
#? cow.copies == 1                      # is a copy like any other
#? cow.reuses == 0
#? zero.fills == 16
#? stale.uses == 0                      # F45
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_getpid
                                        # SYS_madvise
                                        # SYS_mmap
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    MADV_MERGEABLE, 12
        .equ    PAGE, 4096
        .equ    PAGES, 16

        .text
        .globl  _start
_start:
        li      s1, PAGE
        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        mv      s0, a0

        li      s2, 1234
        li      t0, PAGES
        mv      t1, s0
store_next:
        sd      s2, 64(t1)
        add     t1, t1, s1
        addi    t0, t0, -1
        bnez    t0, store_next

        mv      a0, s0
        li      a1, PAGES * PAGE
        li      a2, MADV_MERGEABLE      # a kernel without it says EINVAL, and nothing is lost
        li      a7, SYS_madvise
        ecall
        li      a7, SYS_getpid          # time for a scan
        ecall

        slli    t0, s1, 2               # the fifth page
        add     s3, s0, t0
        li      t1, 5678
        sd      t1, 64(s3)

        li      t0, PAGES
        mv      t1, s0
load_next:
        ld      t2, 64(t1)
        beq     t1, s3, changed
        bne     t2, s2, wrong           # the others hold what they did
        j       look_at_next
changed:
        beq     t2, s2, wrong
look_at_next:
        add     t1, t1, s1
        addi    t0, t0, -1
        bnez    t0, load_next

        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
