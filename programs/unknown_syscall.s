# unknown_syscall: what the kernel does not know, it says so.
#
# A call number without a meaning returns -ENOSYS, as on Linux, and the program goes on. It is counted, so that a run
# which quietly depends on a missing call can be told from one that does not.

#? exit_status == 0
#? syscall.total == 2                   # the unknown one, exit
#? syscall.unknown == 1
#? fault.total == 0
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
        .equ    ENOSYS, 38

        .text
        .globl  _start
_start:
        li      a7, 9999
        ecall
        li      t0, -ENOSYS
        bne     a0, t0, wrong

        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
