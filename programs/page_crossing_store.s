# page_crossing_store: one store, two pages, all or nothing.
#
# Eight bytes are stored four bytes before a page boundary. First both pages are copy-on-write: the store faults on its
# first page, runs again, faults on its second, runs again, and only then writes a byte. Two faults, two copies, one
# store. Then the second page is not mapped at all: the store faults fatally, and although its first page would have
# taken its half, not one byte of it was written (F51). Shared memory shows the parent what the dead child left.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: crossed\n"
#? fault.fatal == 1                     # the second child's store
#? frames.leaked == 0                   # F68
#? [fork=cow] fault.write_protected == 2        # one store, one fault for each of its pages
#? [fork=cow] cow.copies == 2
#? [fork=cow] cow.reuses == 0                   # the parent only reads `left` and `right`
#? [fork=eager] fault.write_protected == 0
#? [fork=eager] cow.copies == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_munmap
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    SIGSEGV, 11
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    PAGE, 4096

        .section .rodata
crossed:
        .ascii  "child: crossed\n"
        .equ    crossed_length, . - crossed

        .text
        .globl  _start
_start:
        la      s0, right
        addi    s1, s0, -4              # s1: four bytes on `left`, four on `right`
        li      s2, 0x2222222211111111  # what the stores write
        li      s3, -1                  # what the bytes were

        li      a0, SIGCHLD             # fork: `left` and `right` are copy-on-write now
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, crossing_child

        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, -4(s0)
        bne     t0, s3, wrong           # both of the parent's halves are as they were
        lw      t0, 0(s0)
        bne     t0, s3, wrong

        li      a0, 0                   # two pages of shared memory, and then only the first of them
        li      a1, 2 * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_SHARED_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s4, a0                  # s4: its first word is for the status
        li      t0, PAGE
        add     s5, s4, t0              # s5: the page that goes
        sw      s3, -4(s5)
        mv      a0, s5
        li      a1, PAGE
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, falling_child

        li      a0, -1
        mv      a1, s4
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, 0(s4)
        andi    t0, t0, 0x7f
        li      t1, SIGSEGV
        bne     t0, t1, wrong
        lw      t0, -4(s5)
        bne     t0, s3, wrong           # the half that could have been written was not
        li      a0, 0
        li      a7, SYS_exit
        ecall

crossing_child:
        sd      s2, 0(s1)               # faults on `left`, faults on `right`, stores
        ld      t0, 0(s1)
        bne     t0, s2, wrong
        li      a0, 1
        la      a1, crossed
        li      a2, crossed_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

falling_child:
        sd      s2, -4(s5)              # the first half has a page, the second has none
        li      a0, 0                   # never reached
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
left:   .skip   4096 - 4
        .word   -1
right:  .word   -1
        .balign 4096
