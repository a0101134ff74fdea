# asids: more processes than ASIDs, each with a number of its own on the same page, and none must see another's.
#
#     pagewalk run programs/stale/asids.s CHILDREN --set asid_bits=2 --set bug=rollover-no-flush
#
# Each of CHILDREN processes stores its number to the page, which that makes its own, and gives way to the others over and
# over; the number stays. With two bits there are three ASIDs: they are handed out anew again and again.

#? run: 6
#? run: --set asid_bits=2 6
#? run: --set asid_bits=1 4
#? run: --set asid_bits=0 4
#? run: --harts 2 --set asid_bits=2 --schedule seed:1 6
#? run: --harts 2 --set asid_bits=2 --set quantum=2000 --schedule seed:2 6
#? run: --harts 2 --set asid_bits=2 --flush ceiling:33+gen:2 --tlb adversarial --schedule seed:3 6
#? exit_status == 0             # each process found its own number, always
#? fork.count >= 4
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    ROUNDS, 12

        begin   2
        jal     number
        mv      s7, a0                  # CHILDREN
        li      s5, PAGE
        map_range                       # s4 to s5
        li      s6, 0
next_child:
        addi    s6, s6, 1
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, child
        bne     s6, s7, next_child
next_wait:
        addi    sp, sp, -16
        li      a0, -1
        mv      a1, sp
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        lw      t0, 0(sp)               # its status
        addi    sp, sp, 16
        bnez    t0, wrong
        addi    s7, s7, -1
        bnez    s7, next_wait
        j       succeed

child:
        sd      s6, 0(s4)
        li      s8, ROUNDS
give_way:
        li      a7, SYS_sched_yield
        ecall
        ld      t0, 0(s4)
        bne     t0, s6, wrong
        addi    s8, s8, -1
        bnez    s8, give_way
        j       succeed

        .include "../lab/lib/routines.inc"
