# Runs vectors of (PTEs, address, mode, access) in machine mode and leaves what came of each between begin_signature and
# end_signature. XLEN, LEVELS, INDEX_BITS, MODE (of satp), ADUE and PBMTE (0 or 1) and the vectors come from the test: see
# vectors.inc. A register, and a PTE, has WIDTH bytes.
#
# A vector: va, mstatus bits (MPP, SUM, MXR), access (0 fetch, 1 load, 2 store, 3 amo, 4 lr), then a PTE for each level,
# leaf level first. An outcome: mcause (0, 8, 9: let through), mtval, the value read, then the PTEs as they are now.
# Each 8 bytes of the data hold an ECALL and above it the address, so that a value tells where it was read from: of a
# 32-bit hart, which reads half of them, the vectors' addresses are those of the upper half.

        .include "vectors.inc"

        .equ    TABLES, 0x80200000      # the table of level 0, and the others above it
        .equ    DATA, 0x80400000
        .equ    DATA_END, 0x80600000
        .equ    MPRV, 1 << 17

        .if     XLEN == 64
        .equ    WIDTH, 8
        .equ    SATP, MODE << 60
        .macro  get register, place:vararg
        ld      \register, \place
        .endm
        .macro  put register, place:vararg
        sd      \register, \place
        .endm
        .else
        .equ    WIDTH, 4
        .equ    SATP, MODE << 31
        .macro  get register, place:vararg
        lw      \register, \place
        .endm
        .macro  put register, place:vararg
        sw      \register, \place
        .endm
        .endif

        .macro  entry level             # t0 = where the PTE of s3 at `level` stands
        srli    t0, s3, 12 + INDEX_BITS * \level
        slli    t0, t0, XLEN - INDEX_BITS
        srli    t0, t0, XLEN - INDEX_BITS
        li      t1, WIDTH
        mul     t0, t0, t1
        li      t1, TABLES + 4096 * \level
        add     t0, t0, t1
        .endm

        .text
        .globl  _start
_start:
        la      t0, trap
        csrw    mtvec, t0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        .if     XLEN == 64
        li      t0, ADUE << 61 | PBMTE << 62
        csrw    0x30a, t0               # menvcfg
        .else
        li      t0, ADUE << 29
        csrw    0x31a, t0               # menvcfgh
        .endif
        li      t0, SATP | (TABLES + 4096 * (LEVELS - 1)) >> 12
        csrw    satp, t0

        li      t0, DATA
        li      t1, DATA_END
        li      t3, 0x73
fill:   srli    t2, t0, 3
        sw      t3, 0(t0)
        sw      t2, 4(t0)
        addi    t0, t0, 8
        bne     t0, t1, fill

        la      s0, vectors
        la      s1, begin_signature
        la      s2, vectors_end
next:   get     s3, 0(s0)
        get     s4, WIDTH(s0)
        get     s5, 2 * WIDTH(s0)
        .set    level, 0
        .rept   LEVELS
        entry   level
        get     t2, WIDTH * (3 + level)(s0)
        put     t2, 0(t0)
        .set    level, level + 1
        .endr
        sfence.vma
        csrw    mstatus, s4
        li      s6, 0
        li      s7, 0
        li      s8, 0
        beqz    s5, fetch
        li      t0, MPRV
        li      t1, 1
        li      t2, 2
        li      t3, 3
        li      t4, 0x73
        csrs    mstatus, t0
        beq     s5, t1, load
        beq     s5, t2, store
        beq     s5, t3, amo
        .if     XLEN == 64
        lr.d    s8, (s3)
        .else
        lr.w    s8, (s3)
        .endif
        j       done
load:   get     s8, 0(s3)
        j       done
store:  sw      t4, 0(s3)
        j       done
        .if     XLEN == 64
amo:    amoor.d s8, zero, (s3)
        .else
amo:    amoor.w s8, zero, (s3)
        .endif
        j       done
fetch:  csrw    mepc, s3
        mret

        .balign 4
trap:   csrr    s6, mcause
        csrr    s7, mtval
done:   li      t0, MPRV
        csrc    mstatus, t0
        put     s6, 0(s1)
        put     s7, WIDTH(s1)
        put     s8, 2 * WIDTH(s1)
        .set    level, 0
        .rept   LEVELS
        entry   level
        get     t2, 0(t0)
        put     t2, WIDTH * (3 + level)(s1)
        .set    level, level + 1
        .endr
        .set    level, 0
        .rept   LEVELS
        entry   level
        put     zero, 0(t0)
        .set    level, level + 1
        .endr
        addi    s0, s0, WIDTH * (3 + LEVELS)
        addi    s1, s1, WIDTH * (3 + LEVELS)
        bne     s0, s2, next

        li      t0, 1
        la      t1, tohost
        sw      t0, 0(t1)
        sw      zero, 4(t1)
stop:   j       stop

        .data
        .balign 64
        .globl  tohost, fromhost
tohost: .dword  0
        .balign 64
fromhost:
        .dword  0
        .balign 64
        .globl  begin_signature, end_signature
begin_signature:
        .space  VECTORS * (WIDTH * (3 + LEVELS))
end_signature:
