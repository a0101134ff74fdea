# mremap: a large array moves, and nothing is copied.
#
# An array of four pages has to grow, and the next address is taken. mremap moves its pages to where there is room: each
# PTE is written at its new place and cleared at the old one, frames and bytes stay (F120). One flush is of where they
# were; whoever goes there then gets SIGSEGV. A child of fork finds the parent's pages shared, moves them for itself alone,
# and the first store after that copies one page, as it would have done without.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? mremap.moved_pages == 12            # four in the parent, four in each child
#? fault.fatal == 1                    # the child that looks where they were
#? [fork=cow] cow.copies == 1          # the child's store
#? [fork=eager] cow.copies == 0
#? zero.fills == 8                     # four pages, one more by which the array has grown, two that were in its way, the status
#? frames.leaked == 0                  # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_mremap
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    SIGSEGV, 11
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    MAP_PRIVATE_ANONYMOUS_FIXED, 0x32
        .equ    MREMAP_MAYMOVE, 1
        .equ    MREMAP_MAYMOVE_FIXED, 3
        .equ    PAGE, 4096
        .equ    ARRAY, 0x10000000
        .equ    ELSEWHERE, 0x20000000

        .text
        .globl  _start
_start:
        li      a0, 0                   # a shared page for the status: wait4 writes it without a copy
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_SHARED_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s3, a0

        li      a0, ARRAY + 4 * PAGE    # what is in the array's way
        li      a1, 2 * PAGE
        jal     map_and_fill
        li      a0, ARRAY
        li      a1, 4 * PAGE
        jal     map_and_fill

        li      a0, ARRAY
        li      a1, 4 * PAGE
        li      a2, 5 * PAGE
        li      a3, 0                   # in place, or not at all
        li      a7, SYS_mremap
        ecall
        bgez    a0, wrong
        li      a0, ARRAY
        li      a1, 4 * PAGE
        li      a2, 5 * PAGE
        li      a3, MREMAP_MAYMOVE
        li      a7, SYS_mremap
        ecall
        bltz    a0, wrong
        mv      s0, a0                  # s0: the array
        li      t0, 4 * PAGE
        add     t0, s0, t0
        ld      t1, 0(t0)               # what it has grown by is zeros
        bnez    t1, wrong
        sd      t0, 0(t0)
        li      a1, 0
        jal     check

        la      s4, child_looks_back    # nothing is left where it was
        jal     fork_and_wait
        andi    t0, a0, 0x7f
        li      t1, SIGSEGV
        bne     t0, t1, wrong
        la      s4, child_moves
        jal     fork_and_wait
        bnez    a0, wrong
        li      a1, 0
        jal     check                   # the parent's array is as it was
        li      a0, 0
        li      a7, SYS_exit
        ecall

# map_and_fill: map a1 bytes at a0; store in each page its distance from ARRAY.
map_and_fill:
        mv      s5, a0
        add     s6, a0, a1
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS_FIXED
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bne     a0, s5, wrong
        li      t1, ARRAY
        li      t2, PAGE
1:      sub     t0, s5, t1
        sd      t0, 0(s5)
        add     s5, s5, t2
        bltu    s5, s6, 1b
        ret

# check: each of the array's first four pages holds its distance from the first one, plus a1.
check:
        li      t0, 0
        li      t2, PAGE
        li      t3, 4 * PAGE
2:      add     t1, s0, t0
        ld      t4, 0(t1)
        add     t5, t0, a1
        bne     t4, t5, wrong
        add     t0, t0, t2
        bltu    t0, t3, 2b
        ret

# fork_and_wait: fork, let the child run what s4 points to, and return its status in a0.
fork_and_wait:
        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bnez    a0, 3f
        jr      s4
3:      li      a0, -1
        mv      a1, s3
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      a0, 0(s3)
        ret

# This child's TLB holds the pages where they were, until mremap flushes them.
child_looks_back:
        li      a1, 0
        jal     check
        mv      s1, s0
        jal     move
        ld      t0, 0(s1)
        j       survived

child_moves:
        jal     move
        li      s0, ELSEWHERE
        bne     a0, s0, wrong
        li      a1, 0
        jal     check
        li      t0, 7
        sd      t0, 8(s0)               # the one copy
survived:
        li      a0, 0
        li      a7, SYS_exit
        ecall

# move: move the array to ELSEWHERE.
move:
        mv      a0, s0
        li      a1, 4 * PAGE
        li      a2, 4 * PAGE
        li      a3, MREMAP_MAYMOVE_FIXED
        li      a4, ELSEWHERE
        li      a7, SYS_mremap
        ecall
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
