# post_increment_into_cow: the pointer moves once, however often the store faults.
#
# `sd.pi rs2, imm(rs1)` stores at rs1 and then adds imm to rs1. If the store faults the pointer must be as it was, or the
# restart would store eight bytes further on (F53). The child stores 1, 2, 3, 4 across a page boundary, and both pages
# are copy-on-write: the first store to each faults. The parent does the same with a load from a page of zeros.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: 1 2 3 4\n"
#? zero.maps == 1                       # the parent's load with ld.pi, the only access to `fresh`
#? zero.fills == 0
#? frames.leaked == 0                   # F68
#? [fork=cow] fault.write_protected == 2        # four stores on two pages
#? [fork=cow] cow.copies == 2
#? [fork=eager] fault.write_protected == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .section .rodata
child_says:
        .ascii  "child: 1 2 3 4\n"
        .equ    child_length, . - child_says

        .text
        .globl  _start
_start:
        la      s0, boundary
        addi    s1, s0, -16             # s1: room for two words, then the next page

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

        ld      t0, 0(s1)
        bnez    t0, wrong               # the child's stores are not here

        la      t0, fresh
        mv      t1, t0
        li      t2, -1
        ld.pi   t2, 8(t1)               # faults: nobody has read this page. Then loads, and moves t1
        bnez    t2, wrong
        addi    t0, t0, 8
        bne     t1, t0, wrong           # by 8, not by 16
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        mv      t0, s1
        li      t1, 1
        li      t2, 4
store_next:
        sd.pi   t1, 8(t0)               # faults at 1 and at 3
        addi    t1, t1, 1
        ble     t1, t2, store_next

        addi    t1, s1, 32
        bne     t0, t1, wrong           # four stores, four steps

        li      t1, 1                   # and no gap where a store ran again
        mv      t0, s1
verify:
        ld      t3, 0(t0)
        bne     t3, t1, wrong
        addi    t0, t0, 8
        addi    t1, t1, 1
        ble     t1, t2, verify

        li      a0, 1
        la      a1, child_says
        li      a2, child_length
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
        .skip   4096
boundary:
        .skip   4096

        .bss
        .balign 4096
fresh:  .skip   4096
