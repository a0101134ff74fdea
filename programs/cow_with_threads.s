# cow_with_threads: fork copies one thread, and takes write permission from all of them.
#
# A process with two threads forks. The child is a copy of the thread that called fork, alone with the memory; the pages
# are read-only on both sides now, for either thread of the parent (F1). Each page is copied once, whichever thread
# stores first: the first thread stores to pages 0 and 1, the second to pages 2 and 3, and to 0 as well, which by then is
# the process's own and writable. That takes more than a new PTE: the second thread's hart has the old translation of page
# 0 in its TLB, and would go on reading the child's frame if nobody told it (F62, step 6).
#
# Then the child looks: it sees what was there at the fork. The parent has left these frames, so its stores copy nothing.

#? run: --harts 1
#? run: --set check_stale=1 --harts 2
#? run: --set check_stale=1 --harts 4
#? run: --set check_stale=1 --harts 2 --fork eager
#? exit_status == 0
#? fork.count == 1
#? zero.fills == 1                      # the shared page, through which they wait for one another
#? zero.maps == 0
#? stale.uses == 0                      # F45
#? frames.leaked == 0                   # F68

#? [fork=cow] fork.write_protected == 5         # four pages, and the top of the first thread's stack
#? [fork=cow] cow.copies == 4                   # one a page, not one a thread
#? [fork=cow] cow.reuses == 4                   # the child's
#? [fork=cow] fault.write_protected == 8        # so the second thread's store to page 0 took no fault
#? [fork=eager] fork.eager_copies == 5
#? [fork=eager] cow.copies == 0
#? [fork=eager] fault.write_protected == 0

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_exit_group
                                        # SYS_futex
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    FUTEX_WAIT, 0
        .equ    FUTEX_WAKE, 1
        .equ    EVERYBODY, 0x7fffffff
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    PAGE, 4096
        .equ    STEP, 0                 # in the shared page: how far they are
        .equ    TID, 4                  # the second thread's id
        .equ    STATUS, 8               # the child's status

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_SHARED_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        mv      s0, a0
        la      s1, pages               # s1, s2, s3, s4: the four pages
        li      t0, PAGE
        add     s2, s1, t0
        add     s3, s2, t0
        add     s4, s3, t0

        li      a0, THREAD
        la      a1, stack_end
        addi    a2, s0, TID
        li      a3, 0
        mv      a4, a2
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, thread
        li      a0, 1
        jal     await

        li      a0, SIGCHLD             # fork, with two threads
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, child

        li      t0, 20
        sd      t0, 0(s1)               # faults; copied
        sd      t0, 0(s2)               # faults; copied
        li      a0, 2
        jal     step
join:
        lw      a2, TID(s0)             # zero when the second thread has ended
        beqz    a2, joined
        addi    a0, s0, TID
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       join
joined:
        li      t1, 20
        ld      t0, 0(s1)
        bne     t0, t1, wrong
        li      t1, 30
        ld      t0, 8(s1)               # what the second thread wrote is here: one memory still
        bne     t0, t1, wrong
        ld      t0, 0(s3)
        bne     t0, t1, wrong
        li      a0, 3
        jal     step

        li      a0, -1
        addi    a1, s0, STATUS
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, STATUS(s0)
        bnez    t0, wrong
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

thread:
        jal     see_old                 # now this hart's TLB has the four pages
        li      a0, 1
        jal     step
        li      a0, 2
        jal     await
        li      t1, 20
        ld      t0, 0(s1)               # the first thread's store, in the new frame
        bne     t0, t1, wrong
        li      t0, 30
        sd      t0, 0(s3)               # faults; copied
        sd      t0, 0(s4)               # faults; copied
        sd      t0, 8(s1)               # the process has copied this page already
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      a0, 3
        jal     await
        jal     see_old
        sd      zero, 0(s1)             # each faults, and is made writable where it is: the parent has copies (F4)
        sd      zero, 0(s2)
        sd      zero, 0(s3)
        sd      zero, 0(s4)
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

# see_old: the pages hold 1, 2, 3, 4, as before the fork.
see_old:
        li      t1, 1
        ld      t0, 0(s1)
        bne     t0, t1, wrong
        ld      t0, 8(s1)
        bnez    t0, wrong
        li      t1, 2
        ld      t0, 0(s2)
        bne     t0, t1, wrong
        li      t1, 3
        ld      t0, 0(s3)
        bne     t0, t1, wrong
        li      t1, 4
        ld      t0, 0(s4)
        bne     t0, t1, wrong
        ret

# step: say that step a0 has been reached. await: sleep until it has.
step:
        fence
        sw      a0, STEP(s0)
        addi    a0, s0, STEP
        li      a1, FUTEX_WAKE
        li      a2, EVERYBODY
        li      a7, SYS_futex
        ecall
        ret
await:
        mv      t1, a0
await_more:
        lw      a2, STEP(s0)
        bge     a2, t1, reached
        addi    a0, s0, STEP
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       await_more
reached:
        fence
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

        .data
        .balign 4096
pages:  .dword  1
        .balign 4096
        .dword  2
        .balign 4096
        .dword  3
        .balign 4096
        .dword  4
        .balign 4096

        .bss
        .balign 16
        .space  4096
stack_end:
