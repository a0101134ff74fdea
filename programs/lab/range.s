# range: what it takes to change a range of pages that other harts have in their TLBs.
#
#     pagewalk run programs/lab/range.s CALL PAGES SHARERS REST AGAIN ON --harts HARTS
#
# PAGES + REST pages are mapped and written. Threads on harts 1 to SHARERS read them all and spin; so does hart 0, which
# then calls CALL on the first PAGES of them: 215 munmap, 226 mprotect to read-only, 233 madvise(MADV_DONTNEED), or 172
# getpid, which traps as these do and changes nothing. With AGAIN 1 all harts then read again what is left: whatever
# takes longer now than after getpid is what the invalidation costs later. All go on for ON cycles before they end, so
# that what has been postponed falls due.
#
# Marks: 1 before the call, 2 after it, 3 when all have read again.

#? run: --set check_stale=1 --harts 4 226 4 3 8 1 0
#? run: --set check_stale=1 --harts 4 215 4 3 8 1 0
#? run: --set check_stale=1 --harts 4 --flush ceiling:33+latr --set tick=5000 215 4 3 8 1 6000
#? run: --set check_stale=1 --harts 4 233 4 3 8 1 0
#? run: --set check_stale=1 --harts 4 172 4 3 8 1 0
#? run: 226 4 0 8 0 0
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   7
        jal     number
        mv      s7, a0                  # CALL
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # SHARERS
        jal     number
        slli    s6, a0, PAGE_SHIFT      # REST, in bytes
        jal     number
        mv      s8, a0                  # AGAIN
        jal     number
        mv      s10, a0                 # ON

        jal     map_control             # s0
        add     a0, s5, s6
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the range
        add     s5, s5, s4              # its end, where the rest begins
        add     s6, s6, s5              # the end of that

        mv      a0, s4
        mv      a1, s6
        li      a2, -1
        jal     write_pages
        jal     start_threads
        mv      a0, s1
        jal     await
        mv      a0, s4
        mv      a1, s6
        li      a2, -1
        jal     read_pages

        mark    1
        mv      a0, s4
        sub     a1, s5, s4
        li      a2, PROT_READ
        li      t0, SYS_madvise
        bne     s7, t0, call
        li      a2, MADV_DONTNEED
call:   mv      a7, s7
        ecall
        mv      s9, a0
        mark    2
        bltz    s9, wrong

        beqz    s8, end
        fence
        li      t0, 1
        sw      t0, PHASE(s0)
        jal     read_again
        slli    a0, s1, 1
        jal     await
        mark    3
end:
        rdcycle t0
        add     s10, s10, t0
go_on:  rdcycle t0
        blt     t0, s10, go_on
        li      a0, 2
        jal     join
        j       succeed

sharer:
        mv      a0, s4
        mv      a1, s6
        li      a2, -1
        jal     read_pages
        li      a0, 1
        jal     arrive
        li      t1, 2
        beq     t0, t1, leave
        jal     read_again
        li      a0, 2
        jal     arrive
leave:
        li      a0, 0
        li      a7, SYS_exit
        ecall

# read_again: read what CALL has left of the range, and the rest.
read_again:
        mv      s3, ra
        li      t0, SYS_munmap
        beq     s7, t0, read_rest
        addi    a2, s7, -SYS_madvise
        snez    a2, a2
        neg     a2, a2                  # 0 after madvise, which leaves zeros, or else -1
        mv      a0, s4
        mv      a1, s5
        jal     read_pages
read_rest:
        mv      a0, s5
        mv      a1, s6
        li      a2, -1
        jal     read_pages
        jr      s3

        .include "lib/threads.inc"
        .include "lib/routines.inc"
