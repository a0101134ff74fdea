# snapshot: a server saves its memory by a fork and goes on serving, as Redis does.
#
#     pagewalk run programs/lab/snapshot.s PAGES WRITES --harts 2
#
# A process forks. The child reads all PAGES pages, sees each as it was at the fork, and exits. Meanwhile the parent
# counts up WRITES words in pages of a pseudo-random order: each page's first write after the fork is a fault, and a
# copy if the child is still there.
#
# Marks: 1 before the fork, 2 when it has returned in the parent, 3 after the writes, 4 when the child has ended.

#? run: --harts 2 16 40
#? run: 16 40
#? run: --harts 2 --fork eager 16 40
#? exit_status == 0
#? fork.count == 1
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   3
        jal     number
        mv      s7, a0                  # PAGES
        slli    s5, a0, PAGE_SHIFT
        jal     number
        mv      s8, a0                  # WRITES

        li      a0, PAGE
        li      a3, MAP_SHARED_ANONYMOUS
        jal     map
        mv      s0, a0                  # the control area
        map_range                       # s4 to s5

        mark    1
        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child
        mv      s9, a0
        mark    2
        bltz    s9, wrong

        mv      s6, s8                  # writes to come
        li      s10, 1                  # the state of the generator
        li      s2, 6364136223846793005 # Knuth, MMIX
        li      s3, 1442695040888963407
serve:  beqz    s6, served
        addi    s6, s6, -1
        mul     s10, s10, s2
        add     s10, s10, s3
        srli    t0, s10, 33
        remu    t0, t0, s7
        slli    t0, t0, PAGE_SHIFT
        add     t0, t0, s4
        srli    t1, t0, PAGE_SHIFT      # the line that write_pages chose
        andi    t1, t1, LINES - 1
        slli    t1, t1, LINE_SHIFT
        add     t0, t0, t1
        ld      t1, 0(t0)
        addi    t1, t1, 1
        sd      t1, 0(t0)
        j       serve
served:
        mark    3

        mv      a0, s9
        addi    a1, s0, READY           # the child's status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        mv      s9, a0
        mark    4
        bltz    s9, wrong
        lw      t0, READY(s0)
        bnez    t0, wrong

        mv      a0, s4                  # all writes are there: the words have grown by WRITES together
sum:    beq     a0, s5, summed
        srli    t0, a0, PAGE_SHIFT
        andi    t0, t0, LINES - 1
        slli    t0, t0, LINE_SHIFT
        add     t0, t0, a0
        ld      t1, 0(t0)
        sub     t1, t1, a0
        sub     s8, s8, t1
        li      t1, PAGE
        add     a0, a0, t1
        j       sum
summed: bnez    s8, wrong
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

child:
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     read_pages
        j       succeed

        .include "lib/routines.inc"
