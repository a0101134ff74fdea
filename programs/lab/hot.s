# hot: many harts at work, with nothing between them. For the speed of the emulator, not of the machine.
#
#     pagewalk run programs/lab/hot.s ITERATIONS THREADS --harts HARTS
#
# THREADS threads, hart 0's among them, count up the 512 words of a page each, ITERATIONS times: 5 instructions a word,
# all of them hits.
#
# Marks: 1 when all are about to begin, 2 when all have ended.

#? run: --harts 4 20 4
#? run: 20 1
#? exit_status == 0
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   3
        jal     number
        mv      s7, a0                  # ITERATIONS
        jal     number
        addi    s1, a0, -1              # THREADS but this one
        bltz    s1, wrong

        jal     map_control             # s0
        addi    s5, s1, 1
        slli    s5, s5, PAGE_SHIFT
        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # a page for each thread
        jal     start_threads
        mv      a0, s1
        jal     await

        mark    1
        li      t0, 1
        sw      t0, PHASE(s0)
        jal     work
        li      a0, 1
        jal     join
        mark    2

        add     s5, s5, s4              # the end
check:  ld      t0, 0(s4)
        bne     t0, s7, wrong
        addi    s4, s4, 8
        bne     s4, s5, check
        j       succeed

sharer:
        li      a0, 1
        jal     arrive
        jal     work
        li      a0, 0
        li      a7, SYS_exit
        ecall

# work: count up this thread's words, s7 times.
work:
        slli    t0, s2, PAGE_SHIFT
        add     t0, t0, s4
        li      t1, PAGE
        add     t1, t1, t0
        mv      t4, s7
again:  beqz    t4, done
        addi    t4, t4, -1
        mv      t2, t0
next:   ld      t3, 0(t2)
        addi    t3, t3, 1
        sd      t3, 0(t2)
        addi    t2, t2, 8
        bne     t2, t1, next
        j       again

        .include "lib/threads.inc"
        .include "lib/routines.inc"
