# Runs vectors of (PTEs, address, mode, access) in machine mode and leaves what came of each between begin_signature and
# end_signature. LEVELS, MODE (of satp), ADUE (0 or 1) and the vectors come from the test: see vectors.inc.
#
# A vector: va, mstatus bits (MPP, SUM, MXR), access (0 fetch, 1 load, 2 store, 3 amo, 4 lr), then a PTE for each level,
# leaf level first. An outcome: mcause (0, 8, 9: let through), mtval, the value read, then the PTEs as they are now.
# Each 8 bytes of the data hold an ECALL and above it the address, so that a value tells where it was read from.

        .include "vectors.inc"

        .equ    TABLES, 0x80200000      # the table of level 0, and the others above it
        .equ    DATA, 0x80400000
        .equ    DATA_END, 0x80600000
        .equ    MPRV, 1 << 17

        .macro  entry level             # t0 = where the PTE of s3 at `level` stands
        srli    t0, s3, 12 + 9 * \level
        andi    t0, t0, 511
        slli    t0, t0, 3
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
        li      t0, ADUE << 61
        csrw    0x30a, t0               # menvcfg
        li      t0, MODE << 60 | (TABLES + 4096 * (LEVELS - 1)) >> 12
        csrw    satp, t0

        li      t0, DATA
        li      t1, DATA_END
fill:   srli    t2, t0, 3
        slli    t2, t2, 32
        ori     t2, t2, 0x73
        sd      t2, 0(t0)
        addi    t0, t0, 8
        bne     t0, t1, fill

        la      s0, vectors
        la      s1, begin_signature
        la      s2, vectors_end
next:   ld      s3, 0(s0)
        ld      s4, 8(s0)
        ld      s5, 16(s0)
        .set    level, 0
        .rept   LEVELS
        entry   level
        ld      t2, 24 + 8 * level(s0)
        sd      t2, 0(t0)
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
        lr.d    s8, (s3)
        j       done
load:   ld      s8, 0(s3)
        j       done
store:  sw      t4, 0(s3)
        j       done
amo:    amoor.d s8, zero, (s3)
        j       done
fetch:  csrw    mepc, s3
        mret

        .balign 4
trap:   csrr    s6, mcause
        csrr    s7, mtval
done:   li      t0, MPRV
        csrc    mstatus, t0
        sd      s6, 0(s1)
        sd      s7, 8(s1)
        sd      s8, 16(s1)
        .set    level, 0
        .rept   LEVELS
        entry   level
        ld      t2, 0(t0)
        sd      t2, 24 + 8 * level(s1)
        .set    level, level + 1
        .endr
        .set    level, 0
        .rept   LEVELS
        entry   level
        sd      zero, 0(t0)
        .set    level, level + 1
        .endr
        addi    s0, s0, 24 + 8 * LEVELS
        addi    s1, s1, 24 + 8 * LEVELS
        bne     s0, s2, next

        li      t0, 1
        la      t1, tohost
        sd      t0, 0(t1)
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
        .space  VECTORS * (24 + 8 * LEVELS)
end_signature:
