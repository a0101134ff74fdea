# write_barrier: a garbage collector learns which pages of the old generation were written to, page by page.
#
# Between two collections the collector wants to know which old objects were changed, for only these may point to young
# ones. It write-protects the old generation; the first store to each page ends in SIGSEGV, whose handler marks the
# page's card and lets it be written. So a page costs a signal once in a collection, however often it is written to; and
# the next collection protects again only what was dirty. Collectors that cannot ask the compiler for a barrier do this.

#? exit_status == 0
#? signal.delivered == 5               # three pages in the first round, two in the second
#? fault.fatal == 5
#? cow.copies == 0                     # nobody has forked: the pages are written where they are
#? frames.leaked == 0                  # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_rt_sigaction
                                        # SYS_mmap
                                        # SYS_mprotect
        .equ    SIGSEGV, 11
        .equ    SA_SIGINFO, 4
        .equ    PROT_READ, 1
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    PAGES, 16
        .equ    ROUNDS, 50

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0                  # s0: the old generation
        la      t0, heap
        sd      s0, 0(t0)
        li      s3, PAGE
        mv      t0, s0                  # every page has an object
        li      t1, PAGES
fill:
        sd      t1, 0(t0)
        add     t0, t0, s3
        addi    t1, t1, -1
        bnez    t1, fill

        li      a0, SIGSEGV
        la      a1, action
        li      a2, 0
        li      a3, 8
        li      a7, SYS_rt_sigaction
        ecall
        bnez    a0, wrong

        mv      a0, s0                  # the first collection: all are clean, all are protected
        li      a1, PAGES * PAGE
        li      a2, PROT_READ
        li      a7, SYS_mprotect
        ecall

        li      s4, ROUNDS              # the program runs: it stores to pages 1, 4 and 9, over and over
mutate:
        li      t1, 1 * PAGE
        add     t1, t1, s0
        sd      s4, 8(t1)
        li      t1, 4 * PAGE
        add     t1, t1, s0
        sd      s4, 16(t1)
        li      t1, 9 * PAGE
        add     t1, t1, s0
        amoswap.d t2, s4, (t1)
        addi    s4, s4, -1
        bnez    s4, mutate

        jal     collect
        li      t0, 1 << 1 | 1 << 4 | 1 << 9
        bne     a0, t0, wrong           # these cards and no others

        li      t1, 4 * PAGE            # the next round: page 4 again, and the last one
        add     t1, t1, s0
        sd      t1, 24(t1)
        sd      t1, 32(t1)
        li      t1, (PAGES - 1) * PAGE
        add     t1, t1, s0
        sb      t1, 7(t1)
        jal     collect
        li      t0, 1 << 4 | 1 << (PAGES - 1)
        bne     a0, t0, wrong

        li      t1, 1 * PAGE            # nothing was lost: the last of fifty stores stands there
        add     t1, t1, s0
        ld      t2, 8(t1)
        li      t3, 1
        bne     t2, t3, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

# collect: return the dirty cards, a bit each; their pages are clean and protected from now on.
collect:
        la      s5, cards
        li      s6, 0                   # page
        li      s7, 0                   # found
look:
        add     t0, s5, s6
        lbu     t1, 0(t0)
        beqz    t1, clean
        sb      zero, 0(t0)
        li      t2, 1
        sll     t2, t2, s6
        or      s7, s7, t2
        mul     a0, s6, s3
        add     a0, a0, s0
        li      a1, PAGE
        li      a2, PROT_READ
        li      a7, SYS_mprotect
        ecall
clean:
        addi    s6, s6, 1
        li      t0, PAGES
        bne     s6, t0, look
        mv      a0, s7
        ret

# barrier: the handler. It marks the card of the page that the store goes to, and lets the page be written.
barrier:
        ld      t0, 16(a1)              # si_addr
        ld      t1, heap
        sub     t2, t0, t1
        srli    t2, t2, 12
        li      t3, PAGES
        bgeu    t2, t3, wrong           # none of ours
        la      t3, cards
        add     t3, t3, t2
        li      t4, 1
        sb      t4, 0(t3)
        li      t1, -PAGE
        and     a0, t0, t1
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a7, SYS_mprotect
        ecall
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 8
action: .dword  barrier
        .dword  SA_SIGINFO
        .dword  0
heap:   .dword  0
cards:  .space  PAGES
