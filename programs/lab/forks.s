# forks: what beginning a process takes, by what it does then.
#
#     pagewalk run programs/lab/forks.s PAGES HOW CHILD WRITES
#
# PAGES pages are there, and the parent has written to the first WRITES of them. HOW a child begins: 0 by fork, 1 by
# vfork (CLONE_VM and CLONE_VFORK, the parent's stack), 2 as posix_spawn does it (the same, on a stack of its own), 3 not
# at all. CHILD is what it does: 0 it ends at once, 1 it runs another program, this one without arguments, which ends
# at once; 2 it writes to those WRITES pages and ends, after a fork alone: what is shared the parent would see.
#
# Marks: 1 before, 2 when the parent goes on, 3 when it has been told of the child's end.

#? run: --set check_stale=1 600 0 0 0
#? run: --set check_stale=1 600 0 1 0
#? run: --set check_stale=1 600 0 2 7
#? run: --set check_stale=1 --fork shared-tables 600 0 2 7
#? run: --set check_stale=1 --fork shared-tables --paging x86-64 600 0 2 7
#? run: --fork eager 600 0 2 7
#? run: 600 1 1 0
#? run: 600 2 1 0
#? run: 600 2 0 0
#? run: 600 3 0 0
#? exit_status == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .include "lib/constants.inc"
        .equ    CLONE_VM, 0x100
        .equ    CLONE_VFORK, 0x4000
        .equ    MAP_POPULATE, 0x8000
        .equ    STACK, 1 << 14

        .text
        .globl  _start
_start:
        ld      t0, 0(sp)               # argc
        li      t1, 1
        beq     t0, t1, succeed         # what a child has begun
        li      t1, 5
        bne     t0, t1, wrong
        addi    s11, sp, 16
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s6, a0                  # HOW
        jal     number
        mv      s7, a0                  # CHILD
        jal     number
        slli    s8, a0, PAGE_SHIFT      # WRITES, in bytes
        bltu    s5, s8, wrong

        li      a0, STACK
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        li      t0, STACK
        add     s9, a0, t0              # the top of a child's own stack
        sd      zero, -8(s9)
        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS | MAP_POPULATE
        jal     map
        mv      s4, a0
        add     a1, a0, s8
        li      a2, -1
        jal     write_pages

        li      s10, SIGCHLD
        li      a1, 0
        beqz    s6, begin_child
        li      s10, CLONE_VM | CLONE_VFORK | SIGCHLD
        li      t0, 2
        beq     s7, t0, wrong
        bltu    s6, t0, begin_child
        mv      a1, s9
        bne     s6, t0, nothing
begin_child:
        li      a0, 1
        li      a7, SYS_mark
        ecall
        mv      a0, s10
        li      a2, 0
        li      a3, 0
        li      a4, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child
        mv      s6, a0
        li      a0, 2
        li      a7, SYS_mark
        ecall
        bltz    s6, wrong
        mv      a0, s6
        addi    a1, s9, -8
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        li      a0, 3
        li      a7, SYS_mark
        ecall
        ld      t0, -8(s9)              # the child's status
        bnez    t0, wrong
nothing:
        mv      a0, s4
        add     a1, a0, s8
        li      a2, -1
        jal     read_pages              # nothing of the child's is here
        j       succeed

child:
        li      t0, 1
        bltu    s7, t0, succeed
        beq     s7, t0, run
        mv      a0, s4
        add     a1, a0, s8
        li      a2, -1
        jal     read_pages
        mv      a0, s4
        add     a1, a0, s8
        li      a2, 0
        jal     write_pages
        j       succeed
run:
        addi    sp, sp, -16             # as a call into a library would
        sd      ra, 8(sp)
        la      a0, path
        la      a1, arguments
        li      a2, 0
        li      a7, SYS_execve
        ecall
        j       wrong

        .include "lib/routines.inc"

        .section .rodata
path:   .asciz  "forks"
        .balign 8
arguments:
        .dword  path, 0
