# huge_pages: 2 MiB mapped at once, shared whole, and split when one page of it goes its own way.
#
# A read of 2 MiB that nobody has touched maps the huge page of zeros, a store a huge page of its own, if the policy has
# it (`--huge always`, or `madvise` where the program has asked). fork shares both huge pages with a PTE each. The
# child's store needs a copy of 4 KiB alone, so its huge page is split, and the parent's stays whole: when the child is
# gone it has one owner and is made writable as it is. Giving back 4 KiB of a huge page splits it, too; MADV_COLLAPSE
# makes a huge page of small ones, whatever the policy. A TLB needs one entry for a huge page, and one INVLPG or
# SFENCE.VMA drops it.

#? run: --huge always
#? run: --huge madvise
#? run: --huge never
#? run: --huge always --paging x86-64
#? exit_status == 0
#? huge.collapses == 1                  # asked for by name: under every policy
#? frames.leaked == 0                   # F68: huge pages, and the tables put by for splitting them

#? [huge=always] huge.faults == 3       # a read and a store of the first 2 MiB, a store of the second
#? [huge=always] huge.zero_maps == 1    # the read
#? [huge=always] fault.total == 6       # and the child's store, the parent's, and the one after MADV_DONTNEED
#? [huge=always] fork.write_protected == 3      # two huge pages, and the page of the stack
#? [huge=always] huge.splits == 3       # the child's store, MADV_DONTNEED of one page, munmap of another
#? [huge=always] cow.copies == 1        # 4 KiB, after the split
#? [huge=always] cow.reuses == 1        # 2 MiB: their last owner's
#? [huge=always] zero.fills == 1        # what MADV_DONTNEED had dropped
#? [huge=always] flush.page == 8        # 3 splits, 3 faults on a PTE that is there, 2 pages dropped: 2 MiB count as one

#? [huge=madvise] huge.faults == 3      # the same, for it has asked
#? [huge=madvise] huge.splits == 3

#? [huge=never] huge.faults == 0
#? [huge=never] huge.splits == 0
#? [huge=never] zero.maps == 1
#? [huge=never] zero.fills == 3         # 4 KiB each
#? [huge=never] cow.copies == 1

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
                                        # SYS_mmap
                                        # SYS_munmap
                                        # SYS_madvise
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    MADV_DONTNEED, 4
        .equ    MADV_HUGEPAGE, 14
        .equ    MADV_COLLAPSE, 25
        .equ    SIGCHLD, 17
        .equ    PAGE, 4096
        .equ    HUGE, 2 << 20

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, 3 * HUGE            # 4 MiB that begin at a multiple of 2 MiB are among these
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        li      s2, HUGE
        add     s0, a0, s2
        addi    s0, s0, -1
        neg     t0, s2
        and     s0, s0, t0              # s0: the first 2 MiB
        add     s1, s0, s2              # s1: the second
        mv      a0, s0
        slli    a1, s2, 1
        li      a2, MADV_HUGEPAGE
        li      a7, SYS_madvise
        ecall
        bnez    a0, wrong

        ld      t0, 0(s0)               # the huge page of zeros
        bnez    t0, wrong
        li      s3, 7
        sd      s3, 8(s0)               # a huge page of its own
        sd      s3, 0(s1)               # another one, not read before

        li      a0, SIGCHLD             # fork: both huge pages are shared, read-only
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bnez    a0, parent

        li      t0, 9
        sd      t0, 8(s0)               # the child's huge page is split, and one small page of it copied
        ld      t1, 8(s0)
        bne     t1, t0, wrong
        j       right

parent:
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        ld      t0, 8(s0)
        bne     t0, s3, wrong           # the child's 9 went into its copy
        li      t0, 8
        sd      t0, 16(s0)              # one owner: all 2 MiB writable again

        li      t1, PAGE
        add     a0, s0, t1
        mv      a1, t1
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
        ecall                           # the second small page goes: a split, and a page dropped
        bnez    a0, wrong
        li      t1, PAGE
        add     t1, s0, t1
        sd      s3, 0(t1)               # a frame of zeros in its place, 4 KiB

        mv      a0, s0
        mv      a1, s2
        li      a2, MADV_COLLAPSE
        li      a7, SYS_madvise
        ecall                           # 512 small pages become a huge one, with what they hold
        bnez    a0, wrong
        ld      t0, 8(s0)
        bne     t0, s3, wrong
        li      t1, PAGE
        add     t1, s0, t1
        ld      t0, 0(t1)
        bne     t0, s3, wrong

        mv      a0, s1
        li      a1, PAGE
        li      a7, SYS_munmap
        ecall                           # a region ends within 2 MiB: a split
        bnez    a0, wrong

right:  li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:  li      a0, 1
        li      a7, SYS_exit
        ecall
