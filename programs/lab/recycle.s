# recycle: pages that are only read are taken away one by one, others are mapped, and so on, until memory is used again.
#
#     pagewalk run programs/lab/recycle.s PAGES SHARERS ROUNDS --harts HARTS
#
# A round maps PAGES pages that nobody may write to, as those of a file are; all threads read them, and hart 0 unmaps them
# one by one, as reclaim or migration takes pages away. Where memory is small what is mapped next needs the same frames.
#
# Marks: 1 before ROUNDS rounds, with one behind, 2 after them.

#? run: --set check_stale=1 --harts 4 2 3 5
#? run: --set check_stale=1 --flush ceiling:33+luf --memory 1MiB --harts 4 16 3 16
#? run: 2 0 5
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        .equ    PAGES_AT, 128           # in the control area: where the pages of this round are
        .equ    OVER, 1 << 20           # a phase that no round reaches

        begin   4
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # SHARERS
        jal     number
        mv      s7, a0                  # ROUNDS

        jal     map_control             # s0
        jal     start_threads
        mv      s9, s1                  # how many have arrived when all wait for the next round
        li      s10, 0                  # rounds done
        mv      a0, s9
        jal     await

        li      s6, 1
        jal     rounds
        mark    1
        mv      s6, s7
        jal     rounds
        mark    2
        li      a0, OVER
        jal     join
        j       succeed

# rounds: map, let all read, and unmap page by page, s6 times.
rounds:
        mv      s8, ra
next_round:
        beqz    s6, enough
        addi    s6, s6, -1
        li      a0, 0
        mv      a1, s5
        li      a2, PROT_READ
        li      a3, MAP_SHARED_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        mv      s4, a0
        sd      s4, PAGES_AT(s0)
        addi    s10, s10, 1
        fence
        sw      s10, PHASE(s0)
        jal     read_range
        add     s9, s9, s1
        mv      a0, s9
        jal     await
        add     s2, s4, s5
next_page:
        mv      a0, s4
        li      a1, PAGE
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong
        li      t0, PAGE
        add     s4, s4, t0
        bne     s4, s2, next_page
        j       next_round
enough: jr      s8

# read_range: read the pages of this round, which hold nothing but zeros.
read_range:
        mv      a0, s4
        add     a1, s4, s5
        li      a2, 0
        j       read_pages

sharer:
        li      s10, 0
wait_round:
        addi    s10, s10, 1
        mv      a0, s10
        jal     arrive
        lw      t0, PHASE(s0)
        li      t1, OVER
        beq     t0, t1, over
        ld      s4, PAGES_AT(s0)
        jal     read_range
        j       wait_round
over:   li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "lib/threads.inc"
        .include "lib/routines.inc"
