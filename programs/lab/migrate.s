# migrate: a thread that moves to and fro between two harts, and gives back a page each time.
#
#     pagewalk run programs/lab/migrate.s PAGES ROUNDS --harts 2
#
# A round is madvise(MADV_DONTNEED) on one page, a store to it, a read of PAGES others, and a move to the other hart.
# The hart that is left keeps TLB entries of the process. A kernel that does not know how current they are has to
# interrupt it for every invalidation, or flush everything when the thread comes back; one that counts generations
# knows.
#
# Marks: 1 before ROUNDS rounds, with two behind, 2 after them.

#? run: --set check_stale=1 --harts 2 8 6
#? run: --harts 4 0 5
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? stale.uses == 0             # F45
#? frames.leaked == 0           # F68

        .equ    SYS_exit_group, 94
        .equ    SYS_sched_setaffinity, 122
        .equ    SYS_mmap, 222
        .equ    SYS_madvise, 233
        .equ    SYS_mark, 20567         # Pagewalk's own: takes no time, notes all counters
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    MADV_DONTNEED, 4
        .equ    PAGE_SHIFT, 12
        .equ    PAGE, 1 << PAGE_SHIFT
        .equ    LINE_SHIFT, 6
        .equ    LINES, 64               # in a page

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
        mv      s7, a0                  # ROUNDS

        li      s2, 0
        jal     pin
        li      t0, PAGE
        add     a0, s5, t0
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s6, a0                  # the page that is given back
        li      t0, PAGE
        add     s4, s6, t0              # the others
        add     s5, s5, s4              # their end
        mv      a1, s5
        li      a2, -1
        jal     write_pages

        li      s8, 2
        jal     rounds
        li      a0, 1
        li      a7, SYS_mark
        ecall
        mv      s8, s7
        jal     rounds
        li      a0, 2
        li      a7, SYS_mark
        ecall
        li      a0, 0
        li      a7, SYS_exit_group
        ecall
wrong:
        li      a0, 1
        li      a7, SYS_exit_group
        ecall

# rounds: s8 rounds.
rounds:
        mv      s9, ra
next_round:
        beqz    s8, enough
        addi    s8, s8, -1
        mv      a0, s6
        li      a1, PAGE
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
        ecall
        bnez    a0, wrong
        mv      a0, s6
        mv      a1, s4
        li      a2, -1
        jal     write_pages
        mv      a0, s6
        mv      a1, s5
        li      a2, -1
        jal     read_pages
        xori    s2, s2, 1
        jal     pin
        j       next_round
enough: jr      s9

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
