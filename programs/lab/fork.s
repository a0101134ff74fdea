# fork: what a fork costs a process whose threads are at work.
#
#     pagewalk run programs/lab/fork.s PAGES SHARERS REGIONS --harts HARTS
#
# PAGES pages, in REGIONS regions, are shared out to hart 0 and the threads on harts 1 to SHARERS. Each thread writes
# its own pages again and again, while hart 0 forks: all pages become read-only, and no hart may go on writing to what
# the child now sees. The child exits at once. The threads go on, and pay a fault for each of their pages.
#
# Every second region is executable, too: neighbours with different permissions do not become one region.
#
# Marks: 1 before the fork, 2 when it has returned in the parent, 3 when each thread has written all its pages once
# more.

#? run: --set check_stale=1 --harts 4 12 3 5
#? run: --harts 2 12 0 1
#? run: 12 0 12
#? exit_status == 0
#? fork.count == 1
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   4
        jal     number
        mv      s7, a0                  # PAGES
        slli    s5, a0, PAGE_SHIFT
        jal     number
        mv      s1, a0                  # SHARERS
        jal     number
        mv      s6, a0                  # REGIONS
        bltu    s7, s6, wrong           # a region has a page at least

        jal     map_control             # s0
        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the range
        add     s5, s5, s4              # its end

        li      s8, 1                   # every second region
cut:    bgeu    s8, s6, uncut
        mv      a0, s8
        mv      a1, s6
        jal     part
        mv      s9, a0
        addi    a0, s8, 1
        jal     part
        sub     a1, a0, s9
        mv      a0, s9
        li      a2, PROT_ALL
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong
        addi    s8, s8, 2
        j       cut
uncut:
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     write_pages
        jal     start_threads
        jal     own_part
        jal     write_again
        mv      a0, s1
        jal     await

        mark    1
        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child
        mv      s7, a0
        mark    2
        bltz    s7, wrong
        li      t0, 1
        sw      t0, PHASE(s0)
        jal     write_again
        slli    a0, s1, 1
        jal     await
        mark    3

        li      a0, 2
        jal     join
        mv      a0, s7
        addi    a1, s0, READY           # the child's status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, READY(s0)
        bnez    t0, wrong
child:
        j       succeed

sharer:
        jal     own_part
        jal     write_again
        li      t0, 1
        amoadd.w.aqrl zero, t0, (s0)    # READY
work:   jal     write_again
        lw      t0, PHASE(s0)
        beqz    t0, work
        jal     write_again
        li      a0, 2
        jal     arrive
        li      a0, 0
        li      a7, SYS_exit
        ecall

# own_part: s8 is where this thread's pages begin, s9 where they end; s10 is what they hold, as a mask for read_pages.
own_part:
        mv      s3, ra
        addi    a1, s1, 1
        mv      a0, s2
        jal     part
        mv      s8, a0
        addi    a0, s2, 1
        jal     part
        mv      s9, a0
        li      s10, -1
        jr      s3

# write_again: see that this thread's pages are as it left them, and write them anew.
write_again:
        mv      s3, ra
        mv      a0, s8
        mv      a1, s9
        mv      a2, s10
        jal     read_pages
        not     s10, s10
        mv      a0, s8
        mv      a1, s9
        mv      a2, s10
        jal     write_pages
        jr      s3

# part: where part a0 of the range begins, when there are a1 of about the same size.
part:
        mul     a0, a0, s7
        divu    a0, a0, a1
        slli    a0, a0, PAGE_SHIFT
        add     a0, a0, s4
        ret

        .include "lib/threads.inc"
        .include "lib/routines.inc"
