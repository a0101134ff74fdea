# posix_spawn: how a library starts a program without copying anything, and learns why it could not.
#
# clone with CLONE_VM and CLONE_VFORK, as vfork does it, but on a stack of the child's own: whatever the child pushes, the
# parent's frames stay as they are. That the two share all memory is of use for once: where exec fails the child leaves
# the error in a variable of the parent's, and ends. The parent, which has waited, reads it: no pipe, no signal.
#
# The first program is not there; the second is.

#? run: --fork cow
#? run: --fork eager
#? run: --fork shared-tables
#? exit_status == 0
#? stdout == "a new program\n"
#? fork.write_protected == 0            # nothing is shared that was not before
#? fork.eager_copies == 0               # in every mode
#? fork.tables_shared == 0
#? cow.copies == 0
#? fault.write_protected == 0
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_execve
                                        # SYS_wait4
        .equ    CLONE_VM, 0x100
        .equ    CLONE_VFORK, 0x4000
        .equ    SIGCHLD, 17
        .equ    ENOENT, 2
        .equ    FAILED, 127             # what shells, too, call a program that could not be run

        .text
        .globl  _start
_start:
        li      s2, 12345
        addi    sp, sp, -16
        sd      s2, 8(sp)               # on the parent's stack
        la      s1, missing
        jal     spawn
        la      t0, status
        lw      t1, 0(t0)
        li      t2, FAILED << 8
        bne     t1, t2, wrong
        ld      t1, error
        li      t2, ENOENT
        bne     t1, t2, wrong           # why, in the child's own words

        la      s1, present
        sd      zero, error, t0
        jal     spawn
        ld      t1, error
        bnez    t1, wrong
        lw      t1, status
        bnez    t1, wrong
        ld      t1, 8(sp)
        bne     t1, s2, wrong           # no child has been here
        li      a0, 0
        li      a7, SYS_exit
        ecall
wrong:  li      a0, 1
        li      a7, SYS_exit
        ecall

spawn:                                  # the program at s1, and wait for its end
        li      a0, CLONE_VM | CLONE_VFORK | SIGCHLD
        la      a1, stack_top
        li      a2, 0
        li      a3, 0
        li      a4, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child
        bltz    a0, wrong
        la      a1, status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        ret

child:
        addi    sp, sp, -16             # on its own stack
        sd      ra, 8(sp)
        mv      a0, s1
        la      a1, arguments
        li      a2, 0
        li      a7, SYS_execve
        ecall                           # returns only if it has failed
        neg     a0, a0
        la      t0, error
        sd      a0, 0(t0)
        li      a0, FAILED
        li      a7, SYS_exit
        ecall

        .section .rodata
missing: .asciz "no_such_program"
present: .asciz "exec_target"

        .data
        .balign 8
arguments: .dword present, 0
error:  .dword  0
status: .dword  0
        .space  512
stack_top:
