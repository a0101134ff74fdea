# bcopy_across_cow: an instruction that can stop in the middle.
#
# `bcopy rd, rs1, rs2` copies rs2 bytes from rs1 to rd, and keeps its progress in the three registers. Here it copies two
# pages' worth of bytes to an address in the middle of a page, so it writes to three pages, and after fork all three are
# copy-on-write. It faults three times. Each time the registers show the last chunk that was completed, the PC stays on
# bcopy, and it goes on from there (F52): no byte is missed, and the registers end as if nothing had happened.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: copied\n"
#? frames.leaked == 0                   # F68
#? [fork=cow] fault.write_protected == 3        # half a page, a page, half a page; the source is only read
#? [fork=cow] cow.copies == 3
#? [fork=cow] cow.reuses == 0
#? [fork=cow] fork.write_protected == 6         # two pages of source, three of target, the top of the stack
#? [fork=eager] fork.eager_copies == 6
#? [fork=eager] fault.write_protected == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    PAGE, 4096
        .equ    BYTES, 2 * PAGE
        .equ    HALF, PAGE / 2

        .section .rodata
copied: .ascii  "child: copied\n"
        .equ    copied_length, . - copied

        .text
        .globl  _start
_start:
        la      s0, source
        la      s1, target
        li      t0, HALF
        add     s2, s1, t0              # s2: where the copy starts
        li      s3, BYTES

        mv      t0, s0                  # the source holds its own addresses: each word differs
        add     t1, s0, s3
fill:
        sd      t0, 0(t0)
        addi    t0, t0, 8
        bne     t0, t1, fill

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
        ld      t0, 0(s2)
        bnez    t0, wrong               # the parent's target is untouched
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        mv      a0, s2
        mv      a1, s0
        mv      a2, s3
        bcopy   a0, a1, a2              # three faults, one instruction

        bnez    a2, wrong               # nothing left to copy
        add     t0, s2, s3
        bne     a0, t0, wrong           # both pointers stand behind the last byte
        add     t0, s0, s3
        bne     a1, t0, wrong

        mv      t0, s0                  # every word arrived
        mv      t1, s2
compare:
        ld      t2, 0(t1)
        bne     t2, t0, wrong
        addi    t0, t0, 8
        addi    t1, t1, 8
        bne     t0, a1, compare
        ld      t2, -8(s2)
        bnez    t2, wrong               # and nothing before
        ld      t2, 0(a0)
        bnez    t2, wrong               # or behind

        li      a0, 1
        la      a1, copied
        li      a2, copied_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 4096
source: .skip   2 * 4096
target: .skip   3 * 4096
