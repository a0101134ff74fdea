# shootdown: a translation changes, and another hart has the old one.
#
# No hart can look into the TLB of another. Whoever takes a permission or a page away has to interrupt each hart that runs
# the same address space, and wait until all have dropped the old translation: a shootdown. Here a second thread has read
# four pages and is busy on hart 1 while the first thread changes them:
#
#     mprotect, to read-only      hart 1 is interrupted
#     mprotect, to writable       again: this kernel flushes also where permissions grow (F44)
#     munmap of two of them       again
#     munmap of a fifth page      again, though hart 1 never read it: the kernel knows harts, not what their TLBs hold
#     munmap of a fresh page      nobody: it has no PTE yet, so no TLB can have one
#     mprotect, alone             nobody: the second thread has ended, and idle harts flush when they come back (lazy)
#
# Then a new page is mapped where one was unmapped. The second thread reads it and finds zeros. Had nobody told its hart, it
# would read the 3 of the old frame, which may be somebody else's by now.
#
# The interrupt says which pages, and both harts drop these one by one. Hardware that broadcasts invalidations needs no
# interrupt.

#? run: --harts 1
#? run: --set check_stale=1 --harts 2 --flush ceiling:33+lazy
#? run: --set check_stale=1 --harts 2 --flush ceiling:33+lazy+concurrent
#? run: --set check_stale=1 --harts 2 --flush ceiling:33
#? run: --set check_stale=1 --harts 2 --flush ceiling:33+broadcast
#? run: --set check_stale=1 --harts 2 --flush asid+lazy
#? exit_status == 0
#? stale.uses == 0                      # F45
#? frames.leaked == 0                   # F68
#? zero.maps == 1                       # the second thread's read of the new page; all others were there at the beginning
#? fault.total == 1
#? [harts=1] shootdown.count == 0       # one hart has one TLB
#? [harts=1] shootdown.ipis == 0
#? [harts=1] flush.page == 12           # 4 + 4 + 2 + 1 + 1

#? [harts=2, flush=ceiling:33+lazy] shootdown.count == 4
#? [harts=2, flush=ceiling:33+lazy] shootdown.ipis == 4
#? [harts=2, flush=ceiling:33+lazy] flush.page == 23                    # the last one is hart 0's alone
#? [harts=2, flush=ceiling:33+lazy+concurrent] shootdown.ipis == 4      # when a hart flushes is another matter
#? [harts=2, flush=ceiling:33+lazy+concurrent] flush.page == 23
#? [harts=2, flush=ceiling:33] shootdown.ipis > 4                       # the idle hart is interrupted, too
#? [harts=2, flush=ceiling:33] flush.page == 24
#? [harts=2, flush=asid+lazy] shootdown.ipis == 4
#? [harts=2, flush=asid+lazy] flush.page == 0                           # all of the space instead
#? [harts=2, flush=ceiling:33+broadcast] shootdown.ipis == 0

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_exit_group
                                        # SYS_futex
                                        # SYS_sched_yield
                                        # SYS_munmap
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_mprotect
        .equ    FUTEX_WAIT, 0
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    PROT_READ, 1
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    MAP_FIXED, 0x10
        .equ    PAGE, 4096

        .text
        .globl  _start
_start:
        la      s0, pages
        la      s1, tid
        la      s2, ready
        la      s3, stop
        li      t0, 2 * PAGE
        add     s4, s0, t0              # the third of the four pages

        li      a0, THREAD
        la      a1, stack_end
        mv      a2, s1
        li      a3, 0
        mv      a4, s1
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, thread
not_ready:
        li      a7, SYS_sched_yield     # on one hart the thread would never run otherwise
        ecall
        lw      t0, 0(s2)
        beqz    t0, not_ready

        mv      a0, s0
        li      a1, 4 * PAGE
        li      a2, PROT_READ
        jal     protect
        mv      a0, s0
        li      a1, 4 * PAGE
        li      a2, PROT_READ_WRITE
        jal     protect
        mv      a0, s4
        li      a1, 2 * PAGE
        jal     unmap
        la      a0, own
        ld      t0, 0(a0)               # read here, and never on hart 1
        li      a1, PAGE
        jal     unmap

        li      a0, 0
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        li      a1, PAGE
        jal     unmap                   # untouched

        mv      a0, s4                  # a new page in the place of an old one
        li      a3, MAP_PRIVATE_ANONYMOUS | MAP_FIXED
        jal     map
        li      t0, 1
        fence
        sw      t0, 0(s3)
join:
        lw      a2, 0(s1)               # the thread's id, or zero when it has ended
        beqz    a2, joined
        mv      a0, s1
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       join
joined:
        mv      a0, s0
        li      a1, PAGE
        li      a2, PROT_READ
        jal     protect
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

thread:
        li      t1, PAGE                # read the four pages: this hart's TLB has them now
        ld      t0, 0(s0)
        add     t2, s0, t1
        ld      t0, 0(t2)
        add     t2, t2, t1
        ld      t0, 0(t2)
        add     t2, t2, t1
        ld      t0, 0(t2)
        li      t0, 1
        fence
        sw      t0, 0(s2)
busy:
        li      a7, SYS_sched_yield     # on a hart of its own it returns at once: the hart is never idle
        ecall
        lw      t0, 0(s3)
        beqz    t0, busy
        fence
        ld      t0, 0(s4)               # faults; the page of zeros
        bnez    t0, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

protect:
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong
        ret
unmap:
        li      a7, SYS_munmap
        ecall
        bnez    a0, wrong
        ret
map:
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
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
own:    .dword  5
        .balign 4096
tid:    .word   0
ready:  .word   0
stop:   .word   0
        .balign 4096

        .bss
        .balign 16
        .space  4096
stack_end:
