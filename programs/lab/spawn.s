# spawn: what it takes to begin a process that shares its parent's memory until it goes, as posix_spawn does.
#
#     pagewalk run programs/lab/spawn.s PAGES
#
# PAGES pages are mapped and written. Then a child begins by clone with CLONE_VM and CLONE_VFORK, for which the parent
# waits, and ends at once. No page table is copied, however large.
#
# Marks: 1 before, 2 when the parent goes on.

#? run: 8
#? run: 512
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"
        .equ    CLONE_VM, 0x100
        .equ    CLONE_VFORK, 0x4000

        begin   2
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the range
        add     a1, a0, s5
        li      a2, -1
        jal     write_pages

        mark    1
        li      a0, CLONE_VM | CLONE_VFORK | SIGCHLD
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a4, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, child
        mv      s6, a0
        mark    2
        mv      a0, s6
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        j       succeed
child:
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "lib/routines.inc"
