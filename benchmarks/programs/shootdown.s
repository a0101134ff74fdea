# shootdown ROUNDS SHARERS: mprotect, twice a round, of 33 pages that threads on harts 1 to SHARERS have read. They sleep,
# so that what their harts do costs the host nothing but the shootdown.

        .include "../../programs/lab/lib/constants.inc"
        .equ    GO, 128                 # the sharers may end
        .equ    PAGES, 33

        .text
        .globl  _start
_start:
        addi    s11, sp, 16             # argv[1], argv[2]
        jal     number
        mv      s7, a0                  # ROUNDS
        jal     number
        mv      s1, a0                  # SHARERS
        jal     map_control             # s0
        li      a0, PAGES * PAGE
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the range
        li      s5, PAGES * PAGE
        add     s5, s5, s4              # its end
        mv      a1, s5
        li      a2, -1
        jal     write_pages
        jal     start_threads
        mv      a0, s1
        jal     await

round:  beqz    s7, over
        li      a2, PROT_READ
        jal     protect
        li      a2, PROT_READ_WRITE
        jal     protect
        addi    s7, s7, -1
        j       round
over:
        li      t0, 1
        sw      t0, GO(s0)
        addi    a0, s0, GO
        li      a1, FUTEX_WAKE
        mv      a2, s1
        li      a7, SYS_futex
        ecall
        li      a0, 1
        jal     join
        j       succeed

# protect: mprotect of the range, to a2.
protect:
        mv      a0, s4
        li      a1, PAGES * PAGE
        li      a7, SYS_mprotect
        ecall
        bnez    a0, wrong
        ret

sharer:
        mv      a0, s4
        mv      a1, s5
        li      a2, -1
        jal     read_pages
        li      t0, 1
        amoadd.w.aqrl zero, t0, (s0)    # READY
sleep:
        addi    a0, s0, GO
        li      a1, FUTEX_WAIT
        li      a2, 0
        li      a3, 0
        li      a7, SYS_futex
        ecall
        lw      t0, GO(s0)
        beqz    t0, sleep
        li      a0, 0
        li      a7, SYS_exit
        ecall

        .include "../../programs/lab/lib/threads.inc"
        .include "../../programs/lab/lib/routines.inc"
