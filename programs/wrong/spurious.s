# spurious: a store that its PTE grants already is let go on, and nothing else is done for it (F42).
#
#     pagewalk run programs/wrong/spurious.s --harts 2 --flush ceiling:33+upgrade --set bug=spurious-copied
#
# Two harts have read a page that a fork has made read-only, and know that it is. The first one stores to it: it is made
# writable again, which this kernel tells nobody. So the other one's store faults though the page may be written to by
# then.

#? run: --harts 2 --flush ceiling:33+upgrade
#? exit_status == 0
#? cow.copies == 0
#? cow.reuses == 2              # the first hart's store, and one to its stack before: the child is gone
#? fault.spurious == 1          # the second hart's
#? frames.leaked == 0           # F68

        .include "../lab/lib/begin.inc"
        .equ    STATUS, 128             # in the control area: the child's

        begin   1
        li      s1, 1
        jal     map_control             # s0
        li      s5, PAGE
        map_range                       # s4 to s5
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, succeed
        li      a0, -1
        addi    a1, s0, STATUS
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        ld      t0, 0(s4)
        jal     start_threads
        li      a0, 1
        jal     await
        sd      zero, 0(s4)
        li      a0, 1
        jal     join
        ld      t0, 0(s4)
        li      t1, 7
        bne     t0, t1, wrong
        j       succeed

sharer:
        ld      t0, 0(s4)
        li      a0, 1
        jal     arrive
        li      t1, 7
        sd      t1, 0(s4)
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "../lab/lib/threads.inc"
        .include "../lab/lib/routines.inc"
