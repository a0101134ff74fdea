# child_writes_first: the child stores first, so the child pays for the copy.
#
# fork gives the child the same frames and takes write permission from both sides (F1). The child's store faults; the
# page is meant to be writable and its frame has two owners, so the kernel copies it, and the same store runs again and
# takes effect once, in the copy (F3). Then the child exits and its copy is freed. The parent's store faults as well,
# because its page is still read-only, but now the frame has one owner: it is made writable in place, no copy (F4).
#
# Compare parent_writes_first, which is this program in the other order.

#? run: --fork cow
#? run: --fork cow-stack
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: I see 2, mine\nparent: I still see 1\n"
#? fork.count == 1
#? frames.leaked == 0                   # F68: the original, the copy, both page tables

# Writable at the time of fork: `page`, and the top of the stack, which nobody writes after it.
#? [fork=cow] fork.write_protected == 2
#? [fork=cow] fault.write_protected == 2        # the child's store, the parent's store
#? [fork=cow] cow.copies == 1                   # the child's: two owners
#? [fork=cow] cow.reuses == 1                   # the parent's: one owner left
#? [fork=cow] fork.eager_copies == 0

# The stack page is copied at fork and stays writable; `page` goes the same way as above.
#? [fork=cow-stack] fork.write_protected == 1
#? [fork=cow-stack] fork.eager_copies == 1
#? [fork=cow-stack] cow.copies == 1
#? [fork=cow-stack] cow.reuses == 1

# Both pages are copied at fork: one copy for nothing, and no fault.
#? [fork=eager] fork.eager_copies == 2
#? [fork=eager] fork.write_protected == 0
#? [fork=eager] fault.write_protected == 0
#? [fork=eager] cow.copies == 0
#? [fork=eager] cow.reuses == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_wait4
        .equ    SIGCHLD, 17

        .section .rodata
child_says:
        .ascii  "child: I see 2, mine\n"
        .equ    child_length, . - child_says
parent_says:
        .ascii  "parent: I still see 1\n"
        .equ    parent_length, . - parent_says

        .text
        .globl  _start
_start:
        la      s0, page                # everything else stays in registers

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a0, -1                  # wait for the child; no status, so the kernel writes nothing here
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        ld      t0, 0(s0)
        li      t1, 1
        bne     t0, t1, wrong           # the child's 2 went into the child's copy
        li      t0, 3
        sd      t0, 0(s0)               # faults: read-only since fork. One owner: writable in place
        ld      t1, 0(s0)
        bne     t0, t1, wrong

        li      a0, 1
        la      a1, parent_says
        li      a2, parent_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      t0, 2
        sd      t0, 0(s0)               # faults: two owners. Copied, then this store runs again
        ld      t1, 0(s0)
        bne     t0, t1, wrong

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
page:   .dword  1
        .balign 4096
