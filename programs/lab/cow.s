# cow: copy-on-write faults on pages that other harts have in their TLBs.
#
#     pagewalk run programs/lab/cow.s PAGES SHARERS --harts HARTS
#
# A process writes PAGES pages and forks; the child sleeps. Threads of the parent on harts 1 to SHARERS read all pages
# and spin, and so does hart 0, which then stores to each page: a fault, a copy, and an old translation that no hart may
# use any more. At the end the sharers see the new values, and the child the old ones.
#
# Marks: 1 before the stores, 2 after them.

#? run: --set check_stale=1 --harts 4 8 3
#? run: --harts 2 8 0
#? run: 8 0
#? exit_status == 0
#? fork.count == 1
#? cow.copies == 9              # the range, and hart 0's stack, where `pin` stores a mask; nobody else's are private
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"
        .equ    GO, 128                 # the child may go on

        begin   3
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # SHARERS

        jal     map_control             # s0
        map_range                       # s4 to s5

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, child
give_way:
        li      a7, SYS_sched_yield     # until the child is about to sleep
        ecall
        lw      t0, GO(s0)
        beqz    t0, give_way

        share_range

        mark    1
        mv      a0, s4
        mv      a1, s5
        li      a2, 0
        jal     write_pages
        mark    2

        li      a0, 1
        jal     join
        li      t0, 2                   # wake the child
        addi    a0, s0, GO
        fence
        sw      t0, 0(a0)
        li      a1, FUTEX_WAKE
        li      a2, 1
        li      a7, SYS_futex
        ecall
        li      a0, -1
        addi    a1, s0, READY           # its status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, READY(s0)
        bnez    t0, wrong
        j       succeed

child:
        li      t0, 1
        sw      t0, GO(s0)
asleep:
        addi    a0, s0, GO
        li      a1, FUTEX_WAIT
        li      a2, 1
        li      a3, 0
        li      a7, SYS_futex
        ecall
        lw      t0, GO(s0)
        li      t1, 2
        bne     t0, t1, asleep
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     read_pages              # what was there when it was born
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

sharer:
        use_range                       # until phase 1
        mv      a0, s4
        mv      a1, s5
        li      a2, 0
        jal     read_pages              # what hart 0 wrote
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "lib/threads.inc"
        .include "lib/routines.inc"
