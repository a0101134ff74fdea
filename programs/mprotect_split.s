# mprotect_split: permissions belong to regions, and a region can be cut.
#
# Three pages come from one mmap and are one region (VMA). mprotect on the middle page makes three of it, munmap leaves
# two and a hole (F67). Three children try the middle page, one after the other: a store while it is read-only, a load
# while it is PROT_NONE, a load while it is not mapped. Each ends in SIGSEGV. The pages beside it never notice.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? fork.count == 3
#? fault.fatal == 3                     # one per child
#? fault.write_protected == 1           # the store; the other two are loads
#? zero.fills == 4                      # three pages, and the shared page for the status
#? cow.copies == 0                      # no private page is written after the first fork
#? cow.reuses == 0
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_munmap
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_mprotect
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    SIGSEGV, 11
        .equ    PROT_NONE, 0
        .equ    PROT_READ, 1
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096

        .text
        .globl  _start
_start:
        li      a0, 0                   # a shared page for the status: wait4 writes it without a copy
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_SHARED_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s3, a0

        li      a0, 0
        li      a1, 3 * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0                  # s0, s1, s2: the three pages
        li      t0, PAGE
        add     s1, s0, t0
        add     s2, s1, t0
        li      t0, 20
        sd      t0, 0(s0)
        sd      t0, 0(s1)
        sd      t0, 0(s2)

        li      a2, PROT_READ
        jal     protect_middle
        li      t0, 21
        sd      t0, 0(s0)               # the neighbours are writable as before, with no fault
        sd      t0, 0(s2)
        la      s4, child_stores
        jal     child_must_die
        ld      t0, 0(s1)
        li      t1, 20
        bne     t0, t1, wrong           # readable, and unchanged

        li      a2, PROT_NONE
        jal     protect_middle
        la      s4, child_loads
        jal     child_must_die

        mv      a0, s1
        li      a1, PAGE
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong
        la      s4, child_loads
        jal     child_must_die

        li      t1, 21
        ld      t0, 0(s0)
        bne     t0, t1, wrong
        ld      t0, 0(s2)
        bne     t0, t1, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

# protect_middle: give the middle page the permissions in a2.
protect_middle:
        mv      a0, s1
        li      a1, PAGE
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong
        ret

# child_must_die: fork, let the child run what s4 points to, and see that SIGSEGV ends it.
child_must_die:
        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bnez    a0, await_death
        jr      s4
await_death:
        li      a0, -1
        mv      a1, s3
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, 0(s3)
        andi    t0, t0, 0x7f
        li      t1, SIGSEGV
        bne     t0, t1, wrong
        ret

child_stores:
        sd      zero, 0(s1)
        j       survived
child_loads:
        ld      t0, 0(s1)
survived:
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
