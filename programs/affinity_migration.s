# affinity_migration: a thread moves to another hart, and its TLB does not come along.
#
# sched_setaffinity says on which harts a thread may run. If it is on none of them, it moves at once. Its memory is the
# same there, and its registers are, but the hart's TLB knows nothing of it: the four pages are missed again. What hart 0
# knew it still knows when the thread comes back, since no translation has changed in the meantime (F22).
#
# On a machine with one hart there is nowhere to go: the call fails with EINVAL, and the program ends.

#? run: --harts 1
#? run: --harts 2
#? run: --harts 2 --paging sv48
#? exit_status == 0
#? fault.total == 0                     # whatever the program touches was there when it began
#? flush.page == 0                      # moving a thread invalidates nothing
#? frames.leaked == 0                   # F68
#? [harts=1] tlb.l1d.misses == 4        # one a page
#? [harts=2] tlb.l1d.misses == 8        # one a page and hart; none after coming back
#? [harts=1] migrations == 0
#? [harts=2] migrations == 2            # there, and back

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_sched_setaffinity
                                        # SYS_sched_getaffinity
                                        # SYS_getcpu
        .equ    EINVAL, 22
        .equ    PAGE, 4096
        .equ    MASK_BYTES, 128         # of up to 1024 harts

        .text
        .globl  _start
_start:
        la      s0, pages
        la      s1, mask
        la      s2, hart

        li      a0, 0                   # no hart at all
        jal     move
        li      t0, -EINVAL
        bne     a0, t0, wrong

        li      a0, 1 << 0              # hart 0, where a first thread begins on this machine
        jal     move
        bnez    a0, wrong
        jal     read_pages

        li      a0, 1 << 1
        jal     move
        li      t0, -EINVAL
        beq     a0, t0, alone
        bnez    a0, wrong
        li      s3, 1
        jal     must_be_on
        jal     read_pages

        li      a0, 1 << 0
        jal     move
        bnez    a0, wrong
        li      s3, 0
        jal     must_be_on
        jal     read_pages

        li      a0, 0                   # this thread
        li      a1, MASK_BYTES
        mv      a2, s1
        li      a7, SYS_sched_getaffinity
        ecall
        blez    a0, wrong               # the bytes that it has written
        ld      t0, 0(s1)
        li      t1, 1 << 0
        bne     t0, t1, wrong
alone:
        li      a0, 0
        li      a7, SYS_exit
        ecall

# move: this thread may run on the harts in a0, a bit each.
move:
        sd      a0, 0(s1)
        li      a0, 0
        li      a1, 8
        mv      a2, s1
        li      a7, SYS_sched_setaffinity
        ecall
        ret

# must_be_on: is this hart s3?
must_be_on:
        mv      a0, s2
        li      a1, 0
        li      a2, 0
        li      a7, SYS_getcpu
        ecall
        bnez    a0, wrong
        lw      t0, 0(s2)
        bne     t0, s3, wrong
        ret

# read_pages: one word of each.
read_pages:
        li      t0, PAGE
        li      t1, 1
        li      t2, 4
        mv      t3, s0
next:
        ld      t4, 0(t3)
        bne     t4, t1, wrong
        add     t3, t3, t0
        addi    t1, t1, 1
        ble     t1, t2, next
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
pages:  .dword  1
mask:   .space  MASK_BYTES              # on the first of the four pages: no fifth one is touched
hart:   .word   0
        .balign 4096
        .dword  2
        .balign 4096
        .dword  3
        .balign 4096
        .dword  4
        .balign 4096
