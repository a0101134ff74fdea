# copied: a page is copied on write while other harts read it, and all of them must see the copy.
#
#     pagewalk run programs/stale/copied.s --harts 4 --set bug=install-before-flush
#
# The first thread forks, so that the page is the child's, too, and stores to it; so does the second thread, as soon as it
# has been told that this begins: whoever comes first copies the page. From then on the second thread counts in the page,
# and says each number elsewhere when it is there. Two more threads read what it has said, and then find in the page at
# least that number: the third on a hart of its own, the fourth on that of the first, whenever the kernel takes it from that.

#? run: --harts 4
#? run: --harts 4 --set quantum=2000
#? run: --harts 4 --flush ceiling:33+concurrent --schedule seed:1
#? run: --harts 4 --flush asid+cow-local --schedule seed:2 --set quantum=2000
#? run: --harts 4 --flush ceiling:33+broadcast+upgrade --schedule seed:3
#? run: --harts 4 --flush ceiling:33+lazy+gen:4+early-ack --tlb adversarial --schedule seed:4
#? exit_status == 0             # no thread looked into the child's page
#? cow.copies >= 10             # in each round, the page
#? fork.count == 10
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    ROUNDS, 10
        .equ    NUMBERS, 8              # that the second thread counts in a round
        .equ    SAID, 128               # in the control area: the last of them
        .equ    BEGUN, 192              # the round whose stores begin
        .equ    OVER, 256               # 1: there is no other round

        begin   1
        li      s1, 3
        jal     map_control             # s0
        li      s5, PAGE
        map_range                       # s4 to s5
        sd      zero, 8(s4)
        jal     start_threads

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
        ld      t0, 0(s4)               # the hart has the translation that the store will change
        fence
        sw      s6, BEGUN(s0)
culprit_2:
        sd      s6, 0(s4)
not_counted:
        li      a7, SYS_sched_yield     # for the fourth thread to run
        ecall
        lw      t0, (s0)                # READY
        bne     t0, s6, not_counted

        fence
        sw      s6, PHASE(s0)           # the child may end
        addi    a0, s0, PHASE
        li      a1, FUTEX_WAKE
        li      a2, 1
        li      a7, SYS_futex
        ecall
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        li      t0, ROUNDS
        bne     s6, t0, next_round
        li      t0, 1
        sw      t0, OVER(s0)
        mv      a0, s6
        jal     join
        j       succeed

child:
        lw      a2, PHASE(s0)
        beq     a2, s6, succeed
        addi    a0, s0, PHASE
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       child

sharer:
        li      t0, 1
        bne     s2, t0, reader
        li      s6, 0
        li      s7, 0                   # the number
next_count:
        addi    s6, s6, 1
        addi    s8, s7, NUMBERS
not_begun:
        lw      t0, BEGUN(s0)
        bne     t0, s6, not_begun
        fence
count:
        addi    s7, s7, 1
culprit_3:
        sd      s7, 8(s4)
        fence
        sd      s7, SAID(s0)
        bne     s7, s8, count
        mv      a0, s6
        jal     arrive
        li      t0, ROUNDS
        bne     s6, t0, next_count
        j       leave

reader:
        li      t0, 3
        bne     s2, t0, read
        li      s2, 0
        jal     pin                     # the fourth thread goes to the first one's hart
read:
        ld      t1, SAID(s0)
        fence
        ld      t2, 8(s4)
        blt     t2, t1, wrong
        lw      t0, OVER(s0)
        beqz    t0, read
leave:
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "../lab/lib/threads.inc"
        .include "../lab/lib/routines.inc"
