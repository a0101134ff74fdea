# shared_text: code is shared by everyone who runs it, and never copied.
#
# Four pages of text, and four processes that run all of it. Nobody may write text, so there is nothing to protect at
# fork and nothing to copy later (F7): even --fork eager, which copies every private writable page, leaves it alone.
# The calls keep their return address in a register, so after fork nobody writes anything at all.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "10 10 10 10 "
#? fork.count == 3
#? cow.copies == 0
#? fault.write_protected == 0           # nobody stores to a page that fork protected
#? frames.leaked == 0                   # F68
#? [fork=cow] fork.eager_copies == 0
#? [fork=eager] fork.eager_copies == 3  # the top of the stack, once per child: the only writable page

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .text
        .globl  _start
_start:
        li      s0, 3
fork_next:
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child
        addi    s0, s0, -1
        bnez    s0, fork_next

        li      s0, 3
wait_next:
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        addi    s0, s0, -1
        bnez    s0, wait_next

child:                                  # the parent does, last, what its children have done
        li      t0, 0
        jal     add_one
        jal     add_two
        jal     add_three
        jal     add_four
        li      t1, 10
        bne     t0, t1, wrong
        li      a0, 1
        la      a1, ten
        li      a2, 3
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

add_one:
        addi    t0, t0, 1
        ret
        .balign 4096                    # each of the others on a page of its own
add_two:
        addi    t0, t0, 2
        ret
        .balign 4096
add_three:
        addi    t0, t0, 3
        ret
        .balign 4096
add_four:
        addi    t0, t0, 4
        ret

        .section .rodata
ten:    .ascii  "10 "
