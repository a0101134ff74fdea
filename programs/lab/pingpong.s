# pingpong: two processes take turns on one hart, each with pages of its own.
#
#     pagewalk run programs/lab/pingpong.s PAGES ROUNDS
#
# In a round each process reads its PAGES pages, gives the turn to the other by a futex on a page that they share, and
# sleeps. What a switch costs later depends on whether TLB entries outlive it: with ASIDs they do, with `--set
# asid_bits=0` each switch flushes them all.
#
# Marks: 1 before ROUNDS rounds, with one behind, 2 after them; both in the first process.

#? run: 4 5
#? run: --set asid_bits=0 4 5
#? run: 0 3
#? run: --harts 2 4 5
#? exit_status == 0
#? fork.count == 1
#? cow.copies == 0              # each has written its pages after the fork
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"
        .equ    TURN, 64                # in the control area: whose turn it is

        begin   3
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s7, a0                  # ROUNDS

        li      s2, 0
        jal     pin                     # both: a child goes where its parent may
        li      a0, PAGE
        li      a3, MAP_SHARED_ANONYMOUS
        jal     map
        mv      s0, a0                  # the control area
        li      s8, 0                   # TURN is 0 for the parent, 1 for the child

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        mv      s9, a0
        bnez    a0, both
        li      s8, 1
both:
        beqz    s5, mapped
        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # this process's range
mapped:
        add     s5, s5, s4              # its end
        mv      a0, s4
        mv      a1, s5
        addi    a2, s8, -1              # the parent's pages hold their addresses, the child's zeros
        jal     write_pages
        beqz    s9, child

        li      s6, 1
        jal     play
        mark    1
        mv      s6, s7
        jal     play
        mark    2

        jal     pass
        mv      a0, s9
        addi    a1, s0, READY           # the child's status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, READY(s0)
        bnez    t0, wrong
        j       succeed

child:
        addi    s6, s7, 1
        jal     await_turn
next_turn:
        beqz    s6, finished
        jal     look
        jal     pass
        addi    s6, s6, -1
        jal     await_turn              # the last one comes after mark 2: the child's end is not to be measured
        j       next_turn
finished:
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

# play: look, give away the turn and get it back, s6 times.
play:
        mv      s10, ra
next_play:
        beqz    s6, played
        addi    s6, s6, -1
        jal     look
        jal     pass
        jal     await_turn
        j       next_play
played: jr      s10

# look: read this process's pages.
look:
        mv      a0, s4
        mv      a1, s5
        addi    a2, s8, -1
        j       read_pages

# pass: it is the other's turn.
pass:
        xori    t0, s8, 1
        addi    a0, s0, TURN
        fence
        sw      t0, 0(a0)
        li      a1, FUTEX_WAKE
        li      a2, 1
        li      a7, SYS_futex
        ecall
        ret

# await_turn: sleep until it is this process's turn.
await_turn:
        addi    a0, s0, TURN
        lw      a2, 0(a0)
        beq     a2, s8, its_turn
        li      a1, FUTEX_WAIT          # while the turn is what was read
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       await_turn
its_turn:
        fence
        ret

        .include "lib/pin.inc"
        .include "lib/routines.inc"
