# unlinked: a mapping that stands alone comes and goes, its page tables with it, and each time it must be new.
#
#     pagewalk run programs/stale/unlinked.s --set bug=tables-by-page
#
# munmap gives the tables back, whose frames then hold other pages. Had the hart kept a pointer to one in a walk cache, it
# would walk through what is no table any more when the mapping is there again.

#? run:
#? run: --tlb adversarial --schedule seed:1
#? run: --paging sv57 --tlb adversarial --schedule seed:2
#? run: --paging x86-64 --tlb adversarial --schedule seed:3
#? run: --harts 2 --flush ceiling:33+svinval --schedule seed:4
#? exit_status == 0             # each page was new
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    ROUNDS, 6
        .equ    FIXED_PRIVATE_ANONYMOUS, 0x32
        .equ    FAR_SHIFT, 33           # 8 GiB: nothing is near it

        begin   1
        li      s6, ROUNDS
        li      s7, 1
        slli    s7, s7, FAR_SHIFT
next_round:
        mv      a0, s7
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a3, FIXED_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bne     a0, s7, wrong
        ld      t0, 0(s7)
        bnez    t0, wrong
        sd      s6, 0(s7)
        ld      t0, 0(s7)
        bne     t0, s6, wrong
        mv      a0, s7
        li      a1, PAGE
        li      a7, SYS_munmap
culprit_1:
        ecall
        bnez    a0, wrong
        li      s5, 4 * PAGE
        map_range                       # takes the frames of the tables
        addi    s6, s6, -1
        bnez    s6, next_round
        j       succeed

        .include "../lab/lib/routines.inc"
