# reclaim: pages are taken away one by one, as when memory runs short.
#
#     pagewalk run programs/lab/reclaim.s PAGES SHARERS --harts HARTS
#
# PAGES pages are mapped and written. Threads on harts 1 to SHARERS read them all and spin. Hart 0 then unmaps them in
# PAGES calls of munmap, one page each. In `range` it is one call for all of them: what that saves, batching can save
# here.
#
# Marks: 1 before the first call, 2 after the last.

#? run: --set check_stale=1 --harts 4 8 3
#? run: 8 0
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   3
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # SHARERS

        jal     map_control             # s0
        map_range                       # s4 to s5
        share_range

        mark    1
        mv      s6, s4
        li      s7, PAGE
next_page:
        mv      a0, s6
        mv      a1, s7
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong
        add     s6, s6, s7
        bne     s6, s5, next_page
        mark    2

        li      a0, 1
        jal     join
        sub     a1, s5, s7              # the last page is gone: the kernel cannot read from it
        li      a0, 1
        li      a2, 1
        li      a7, SYS_write
        ecall
        li      t0, -EFAULT
        bne     a0, t0, wrong
        j       succeed

sharer:
        use_range                       # until phase 1
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "lib/threads.inc"
        .include "lib/routines.inc"
