# A kernel of two harts that flushes its TLBs as it should, and then in four ways as it should not.
#
# It runs on QEMU (-M virt -bios none) and on Spike (-p2): trace.sh says how. Both harts begin in machine mode; hart 0 builds the tables,
# and both go to supervisor mode under ASID 1: Sv39, memory and devices mapped as they are by pages of 1 GiB, and eight
# pages at PAGES. Neither emulator shows that anything is wrong: the kernel ends as it should.

        .equ    PAGES, 0x40000000
        .equ    V_RWX, 0xcf             # D, A, X, W, R, V
        .equ    RW, 0xc7
        .equ    RO, 0xc3
        .equ    SV39, 8 << 60
        .equ    FINISHER, 0x100000      # ends QEMU

        .globl  _start, tohost
_start:
        li      t0, -1                  # supervisor mode may access all of memory
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        la      t0, failed
        csrw    mtvec, t0
        csrr    s0, mhartid
        bnez    s0, await_tables

# ---------------------------------------------------------------- tables, by hart 0
        .macro  point table, index, to  # an entry of a table: a pointer
        la      t0, \table
        la      t1, \to
        srli    t1, t1, 2
        ori     t1, t1, 1
        sd      t1, 8 * (\index)(t0)
        .endm

        .macro  map table, index, page, flags
        la      t0, \table
        li      t1, (\page) >> 2 | (\flags)
        sd      t1, 8 * (\index)(t0)
        .endm

        .macro  page number, frame, flags       # page \number of PAGES
        la      t0, low
        la      t1, frames + 4096 * (\frame)
        srli    t1, t1, 2
        ori     t1, t1, \flags
        sd      t1, 8 * (\number)(t0)
        .endm

        map     root, 0, 0, V_RWX
        map     root, 2, 0x80000000, V_RWX
        point   root, 1, middle
        point   middle, 0, low
        map     other_root, 0, 0, V_RWX
        map     other_root, 2, 0x80000000, V_RWX
        point   other_root, 1, other_middle
        point   other_middle, 0, other_low
        .irp    n, 0, 1, 2, 3, 4
        page    \n, \n, RW
        .endr
        la      t0, other_low           # in the other space page 4 is another frame
        la      t1, frames + 4096 * 5
        srli    t1, t1, 2
        ori     t1, t1, RW
        sd      t1, 8 * 4(t0)
        la      t0, ready
        li      t1, 1
        fence   rw, rw
        sd      t1, 0(t0)

await_tables:
        la      t0, ready
1:      ld      t1, 0(t0)
        beqz    t1, 1b

        li      t0, 1 << 11             # to supervisor mode
        csrs    mstatus, t0
        la      t0, supervisor
        csrw    mepc, t0
        la      t0, root
        srli    t0, t0, 12
        li      t1, SV39 | 1 << 44
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        mret

supervisor:
        la      t0, failed
        csrw    stvec, t0
        li      s1, PAGES
        li      s2, PAGES + 4096
        li      s3, PAGES + 2 * 4096
        li      s4, PAGES + 3 * 4096
        li      s5, PAGES + 4 * 4096
        bnez    s0, second

# ---------------------------------------------------------------- hart 0
        sd      zero, 0(s1)             # as it should be: page 0 is written, write-protected, flushed, read
        page    0, 0, RO
        sfence.vma s1, zero
        ld      t2, 0(s1)

        sfence.vma s1, zero             # needless: nothing has changed

        sd      zero, 0(s2)             # page 1 is write-protected, and its fence was removed
downgraded:
        page    1, 1, RO
stored_still:
        sd      zero, 8(s2)

        ld      t2, 0(s3)               # page 2 becomes another frame, and is flushed after it was read
replaced:
        page    2, 6, RW
read_too_early:
        ld      t2, 0(s3)
        sfence.vma s3, zero

        la      t0, turn                # page 3 is hart 1's, too: hart 0 takes it away, and flushes on its own hart only
1:      ld      t1, 0(t0)
        beqz    t1, 1b
unmapped:
        page    3, 0, 0
flushed_here_only:
        sfence.vma s4, zero
        la      t0, turn
        li      t1, 2
        fence   rw, rw
        sd      t1, 0(t0)
        li      t2, 3
1:      ld      t1, 0(t0)
        bne     t1, t2, 1b

        ld      t2, 0(s5)               # another root comes under ASID 1, without a fence
        la      t0, other_root
        srli    t0, t0, 12
        li      t1, SV39 | 1 << 44
        or      t0, t0, t1
switched:
        csrw    satp, t0
read_of_the_other:
        ld      t2, 0(s5)
        sfence.vma

        la      t0, tohost              # ends Spike, which looks at it after every 5,000 instructions
        li      t1, 1
        sd      t1, 0(t0)
        li      t1, 5000
1:      addi    t1, t1, -1
        bnez    t1, 1b
        li      t0, FINISHER
        li      t1, 0x5555
        sw      t1, 0(t0)
1:      j       1b

# ---------------------------------------------------------------- hart 1
second:
        ld      t2, 0(s4)               # page 3
        la      t0, turn
        li      t1, 1
        fence   rw, rw
        sd      t1, 0(t0)
        li      t2, 2
1:      ld      t1, 0(t0)
        bne     t1, t2, 1b
read_of_the_gone:
        ld      t2, 0(s4)
        sfence.vma s4, zero             # too late
        li      t1, 3
        la      t0, turn
        fence   rw, rw
        sd      t1, 0(t0)
1:      j       1b

# ---------------------------------------------------------------- a trap: neither emulator takes one
        .balign 4
failed:
        la      t0, tohost
        li      t1, 3
        sd      t1, 0(t0)
        li      t0, FINISHER
        li      t1, 0x13333
        sw      t1, 0(t0)
1:      j       1b

        .data
        .balign 4096
root:         .skip 4096
middle:       .skip 4096
low:          .skip 4096
other_root:   .skip 4096
other_middle: .skip 4096
other_low:    .skip 4096
frames:       .skip 4096 * 8
ready:        .dword 0
turn:         .dword 0
        .balign 64
tohost:       .dword 0
fromhost:     .dword 0
