# threads_share_memory: a thread is a second hart's worth of registers on the same memory.
#
# clone with CLONE_VM and CLONE_THREAD makes no address space: both threads use the same page table, so nothing is
# copied, nothing becomes read-only, and no store faults. Each adds 1 to the same counter, a thousand times. amoadd reads,
# adds and writes in one step that nobody gets in between of, so none of the two thousand is lost.
#
# The thread's id stands in `tid` while it lives. At its end the kernel clears that word and wakes who waits there
# (CLONE_CHILD_CLEARTID): that is how the first thread knows.

#? run: --harts 1
#? run: --harts 2
#? run: --harts 2 --fork eager
#? exit_status == 0
#? stdout == "2000, by two threads\n"
#? fork.count == 0                      # a thread is no fork:
#? fork.write_protected == 0            # it takes no permissions,
#? fork.eager_copies == 0               # and copies nothing
#? fault.total == 0                     # whatever the program touches was there when it began
#? flush.page == 0                      # no translation changes
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_exit_group
                                        # SYS_futex
                                        # SYS_clone
        .equ    FUTEX_WAIT, 0
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    TIMES, 1000

        .section .rodata
says:   .ascii  "2000, by two threads\n"
        .equ    says_length, . - says

        .text
        .globl  _start
_start:
        la      s0, counter
        la      s1, tid

        li      a0, THREAD
        la      a1, stack_end
        mv      a2, s1
        li      a3, 0
        mv      a4, s1
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, thread              # it has the same registers, but for a0 and sp

        jal     count
wait:
        lw      a2, 0(s1)
        beqz    a2, ended
        mv      a0, s1
        li      a1, FUTEX_WAIT          # sleeps if the word is still a2
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       wait
ended:
        fence
        ld      t0, 0(s0)
        li      t1, 2 * TIMES
        bne     t0, t1, wrong

        li      a0, 1
        la      a1, says
        li      a2, says_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

thread:
        jal     count
        li      a0, 0
        li      a7, SYS_exit            # this thread, not the process
        ecall

# count: add 1 to the counter, a thousand times.
count:
        li      t0, TIMES
        li      t1, 1
next:
        amoadd.d zero, t1, (s0)
        addi    t0, t0, -1
        bnez    t0, next
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

        .data
        .balign 4096
counter:
        .dword  0
tid:    .word   0
        .balign 4096

        .bss
        .balign 16
        .space  4096                    # never touched here, but a thread without a stack of its own would be no example
stack_end:
