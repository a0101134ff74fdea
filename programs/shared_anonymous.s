# shared_anonymous: memory that is meant to be shared is not copied.
#
# mmap with MAP_SHARED says that parent and child write to the same memory. fork leaves its pages writable, and no store
# to them is ever resolved by a copy (F60, F64). It makes no difference who touched a page first: the page the parent
# wrote before fork and the three that the child is first to write are seen by both.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? cow.copies == 0
#? cow.reuses == 0
#? fault.write_protected == 0           # fork took no permission from these pages
#? zero.fills == 4                      # one frame for each of the four pages, whoever came first
#? zero.maps == 0                       # shared memory has frames of its own, never the zero frame
#? frames.leaked == 0                   # F68
#? [fork=cow] fork.write_protected == 1         # the top of the stack
#? [fork=eager] fork.eager_copies == 1          # the top of the stack

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    PAGE, 4096
        .equ    PAGES, 4

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_SHARED_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0
        li      s1, PAGE
        li      s2, PAGES

        li      t0, 100
        sd      t0, 0(s0)               # page 0, before fork

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        mv      t0, s0                  # page n holds n, from 1: all four as the child left them
        li      t1, 1
verify:
        ld      t2, 0(t0)
        bne     t2, t1, wrong
        add     t0, t0, s1
        addi    t1, t1, 1
        ble     t1, s2, verify

        sd      zero, 0(s0)             # still writable, with nothing to resolve
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        ld      t0, 0(s0)
        li      t1, 100
        bne     t0, t1, wrong

        mv      t0, s0
        li      t1, 1
write_next:
        sd      t1, 0(t0)
        add     t0, t0, s1
        addi    t1, t1, 1
        ble     t1, s2, write_next
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
