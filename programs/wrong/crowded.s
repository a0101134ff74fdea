# crowded: where memory ends, nothing is lost but what could not be done.
#
#     pagewalk run programs/wrong/crowded.s --memory 4MiB --check-stale --set bug=fork-fails-unflushed
#
# A child stores to pages that it shares with its parent until no frame is left for a copy, and is killed: the parent's
# pages are as they were, each its own again (F63, F62, F4). Then the parent fills memory, leaves three frames, and forks:
# there are none for all the page tables of a child. What fork had changed by then must be flushed, as if it had
# succeeded (F64), and no frame may stay behind.

#? run: --memory 4MiB --set check_stale=1
#? exit_status == 0
#? fork.count == 1
#? fault.fatal == 1             # the child's last store
#? stale.uses == 0              # F45
#? frames.leaked == 0           # F68

        .include "lib/steps.inc"
        .equ    PAGES, 520              # more than half of the 1,024 frames that there are
        .equ    MORE, 600
        .equ    SIGKILL, 9

        .data
        .balign 4096
page:   .dword  1
        .text
_start:
        map     PAGES, MAP_PRIVATE_ANONYMOUS
        mv      s0, a0
        li      s1, PAGES * PAGE
        add     s1, s1, s0
        li      s2, PAGE
        mv      t3, s0
fill:
        sd      t3, 0(t3)
        add     t3, t3, s2
        bltu    t3, s1, fill
        fork
        wait
        andi    t0, t0, 0x7f
        li      t1, SIGKILL
        bne     t0, t1, wrong

        mv      t3, s0                  # each page: what it held, and writable again
verify:
        ld      t1, 0(t3)
        bne     t1, t3, wrong
        sd      s2, 8(t3)
        add     t3, t3, s2
        bltu    t3, s1, verify

        map     MORE, MAP_PRIVATE_ANONYMOUS|MAP_POPULATE
        mv      s3, a0
        unmap   s0, 3
        la      s4, page
        put     0(s4), 2                # a TLB knows now that it may be written to
        li      a0, SIGCHLD             # fork, for which there is no room
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bgez    a0, wrong
        put     0(s4), 3
        expect  0(s4), 3
        mv      t3, s0
        add     t3, t3, s2
        add     t3, t3, s2
        add     t3, t3, s2
        ld      t1, 0(t3)
        bne     t1, t3, wrong
        j       right
child:
        mv      t3, s0
store:
        sd      zero, 0(t3)
        add     t3, t3, s2
        bltu    t3, s1, store
        j       wrong                   # all of them: there was more memory than there is
