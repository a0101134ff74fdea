# cow: copy-on-write faults on pages that other harts have in their TLBs.
#
#     pagewalk run programs/lab/cow.s PAGES SHARERS --harts HARTS
#
# A process writes PAGES pages and forks; the child sleeps. Threads of the parent on harts 1 to SHARERS read all pages
# and spin, and so does hart 0, which then stores to each page: a fault, a copy, and an old translation that no hart may
# use any more. At the end the sharers see the new values, and the child the old ones.
#
# Marks: 1 before the stores, 2 after them.

#? run: --set check_stale=1 --harts 4 8 3
#? run: --harts 2 8 0
#? run: 8 0
#? exit_status == 0
#? fork.count == 1
#? cow.copies == 9              # the range, and hart 0's stack, where `pin` stores a mask; nobody else's are private
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .equ    FUTEX_WAIT, 0
        .equ    FUTEX_WAKE, 1
        .equ    SYS_exit, 93
        .equ    SYS_exit_group, 94
        .equ    SYS_futex, 98
        .equ    SYS_sched_setaffinity, 122
        .equ    SYS_sched_yield, 124
        .equ    SYS_clone, 220
        .equ    SYS_mmap, 222
        .equ    SYS_wait4, 260
        .equ    SYS_mark, 20567         # Pagewalk's own: takes no time, notes all counters
        .equ    SIGCHLD, 17
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    THREAD, 0x350f00        # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
        .equ    PAGE_SHIFT, 12
        .equ    PAGE, 1 << PAGE_SHIFT
        .equ    LINE_SHIFT, 6
        .equ    LINES, 64               # in a page
        .equ    READY, 0                # in the control area: how many have arrived
        .equ    PHASE, 64               # what the sharers are to do next
        .equ    GO, 128                 # the child may go on
        .equ    TIDS, 1024              # the threads' ids

        .text
        .globl  _start
_start:
        ld      t0, 0(sp)               # argc
        li      t1, 3
        bne     t0, t1, wrong
        addi    s11, sp, 16             # argv[1], argv[2], ...
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s1, a0                  # SHARERS

        addi    a0, s1, 1
        slli    a0, a0, PAGE_SHIFT
        li      a3, MAP_SHARED_ANONYMOUS
        jal     map
        mv      s0, a0                  # the control area: a page, and one for each sharer's stack
        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the range
        add     s5, s5, s4              # its end
        mv      a1, s5
        li      a2, -1
        jal     write_pages

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        beqz    a0, child
give_way:
        li      a7, SYS_sched_yield     # until the child is about to sleep
        ecall
        lw      t0, GO(s0)
        beqz    t0, give_way

        jal     start_threads
        mv      a0, s1
        jal     await
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     read_pages

        li      a0, 1
        li      a7, SYS_mark
        ecall
        mv      a0, s4
        mv      a1, s5
        li      a2, 0
        jal     write_pages
        li      a0, 2
        li      a7, SYS_mark
        ecall

        li      a0, 1
        jal     join
        li      t0, 2                   # wake the child
        addi    a0, s0, GO
        fence
        sw      t0, 0(a0)
        li      a1, FUTEX_WAKE
        li      a2, 1
        li      a7, SYS_futex
        ecall
        li      a0, -1
        addi    a1, s0, READY           # its status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, READY(s0)
        bnez    t0, wrong
        li      a0, 0
        li      a7, SYS_exit_group
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

child:
        li      t0, 1
        sw      t0, GO(s0)
asleep:
        addi    a0, s0, GO
        li      a1, FUTEX_WAIT
        li      a2, 1
        li      a3, 0
        li      a7, SYS_futex
        ecall
        lw      t0, GO(s0)
        li      t1, 2
        bne     t0, t1, asleep
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     read_pages              # what was there when it was born
        li      a0, 0
        li      a7, SYS_exit_group
        ecall

sharer:
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     read_pages
        li      a0, 1
        jal     arrive
        mv      a0, s4
        mv      a1, s5
        li      a2, 0
        jal     read_pages              # what hart 0 wrote
        li      a0, 0
        li      a7, SYS_exit
        ecall

# start_threads: this thread goes to hart 0, and threads 1 to s1 to theirs, where they begin at `sharer`. They have this
# thread's registers, but for s2, their number, and sp, the end of a page of the control area.
start_threads:
        mv      s3, ra
        li      s2, 0
        jal     pin
next_thread:
        beq     s2, s1, started
        addi    s2, s2, 1
        li      a0, THREAD
        addi    a1, s2, 1
        slli    a1, a1, PAGE_SHIFT
        add     a1, a1, s0
        slli    a2, s2, 2
        add     a2, a2, s0
        addi    a2, a2, TIDS            # the thread's id goes there; when it ends, the kernel clears it and wakes `join`
        mv      a4, a2
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        bnez    a0, next_thread
        jal     pin
        j       sharer
started:
        li      s2, 0
        jr      s3

# pin: this thread goes to the hart of its number, s2.
pin:
        srli    a1, s2, 6
        addi    a1, a1, 1
        slli    a1, a1, 3               # bytes of the mask: 8-byte words up to the one with the hart's bit
        li      t0, 1
        sll     t0, t0, s2              # by s2 mod 64
        sd      t0, -8(sp)              # the last word; those before it are zero, as the stack still is
        sub     a2, sp, a1
        li      a0, 0
        li      a7, SYS_sched_setaffinity
        ecall
        bltz    a0, wrong               # no such hart
        ret

# arrive: count this thread in and spin until the phase is a0 or a later one.
# await: spin until a0 have been counted in.
arrive:
        li      t0, 1
        amoadd.w.aqrl zero, t0, (s0)    # READY
spin:   lw      t0, PHASE(s0)
        blt     t0, a0, spin
        fence
        ret
await:  lw      t0, READY(s0)
        bne     t0, a0, await
        fence
        ret

# join: begin phase a0, and wait until threads 1 to s1 have ended.
join:
        fence
        sw      a0, PHASE(s0)
        addi    a0, s0, TIDS
        slli    t0, s1, 2
        add     t0, t0, a0              # the last one's id
next_join:
        beq     a0, t0, done
        addi    a0, a0, 4
        mv      t1, a0
wait_join:
        lw      a2, 0(t1)
        mv      a0, t1
        beqz    a2, next_join
        li      a1, FUTEX_WAIT
        li      a3, 0
        li      a7, SYS_futex
        ecall
        j       wait_join

# map: a0 bytes of anonymous memory, shared or private as a3 says.
map:
        mv      a1, a0
        li      a0, 0
        li      a2, PROT_READ_WRITE
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        ret

# write_pages, read_pages: one word of each page from a0 to a1 becomes, or has to be, the page's own address masked by
# a2: -1 for the address, 0 for zero. The line moves on by one from page to page, or all words would meet in one set of
# the cache.
write_pages:
        beq     a0, a1, done
        srli    t0, a0, PAGE_SHIFT
        andi    t0, t0, LINES - 1
        slli    t0, t0, LINE_SHIFT
        add     t0, t0, a0
        and     t1, a0, a2
        sd      t1, 0(t0)
        li      t1, PAGE
        add     a0, a0, t1
        j       write_pages
read_pages:
        beq     a0, a1, done
        srli    t0, a0, PAGE_SHIFT
        andi    t0, t0, LINES - 1
        slli    t0, t0, LINE_SHIFT
        add     t0, t0, a0
        and     t2, a0, a2
        ld      t1, 0(t0)
        bne     t1, t2, wrong
        li      t1, PAGE
        add     a0, a0, t1
        j       read_pages
done:   ret

# number: the value of the decimal digits of the next argument.
number:
        ld      t0, 0(s11)
        addi    s11, s11, 8
        li      a0, 0
        li      t2, 10
next_digit:
        lbu     t1, 0(t0)
        addi    t1, t1, -'0'
        bgeu    t1, t2, done            # the zero at the end, or anything else that is no digit
        mul     a0, a0, t2
        add     a0, a0, t1
        addi    t0, t0, 1
        j       next_digit
