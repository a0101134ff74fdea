# forked: a process forks while another of its threads stores, and the child must see one moment of its memory.
#
#     pagewalk run programs/stale/forked.s --harts 2 --set bug=fork-local-flush
#
# The second thread counts in a page all the time. The child reads the number over and over, and it stays what it was: the
# page is its own from the fork on. Had the second thread's hart kept a translation that may be stored through, its numbers
# would go on in the child.

#? run: --harts 2
#? run: --harts 2 --fork eager
#? run: --harts 2 --flush asid+fork-regions --schedule seed:1
#? run: --harts 2 --flush ceiling:33+latr+lazy --tlb adversarial --schedule seed:2
#? run: --harts 2 --flush ceiling:33+directory --schedule seed:3
#? exit_status == 0             # no child saw a number change
#? fork.count == 6
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    ROUNDS, 6
        .equ    READS, 1000             # of a child
        .equ    STATUS, 128             # in the control area: a child's

        begin   1
        li      s1, 1
        jal     map_control             # s0
        li      s5, PAGE
        map_range                       # s4 to s5
        jal     start_threads
        li      a0, 1
        jal     await

        li      s6, 0
next_round:
        addi    s6, s6, 1
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
culprit_1:
        ecall
        bltz    a0, wrong
        beqz    a0, child
        li      a0, -1
        addi    a1, s0, STATUS
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        lw      t0, STATUS(s0)
        bnez    t0, wrong
        li      t0, ROUNDS
        bne     s6, t0, next_round
        li      a0, 1
        jal     join
        j       succeed

child:
        ld      t1, 0(s4)
        li      t0, READS
read:
        ld      t2, 0(s4)
        bne     t1, t2, wrong
        addi    t0, t0, -1
        bnez    t0, read
        j       succeed

sharer:
        li      t1, 0
        sd      t1, 0(s4)
        li      t0, 1
        amoadd.w.aqrl zero, t0, (s0)    # READY
count:
        addi    t1, t1, 1
        sd      t1, 0(s4)
        lw      t0, PHASE(s0)
        beqz    t0, count
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "../lab/lib/threads.inc"
        .include "../lab/lib/routines.inc"
