# A kernel just large enough for the benchmarks' programs on other emulators: one process, and one child at a time.
#
# It maps 64 MiB of user memory with Sv39, gives it out at the first mmap, and runs the program in user mode. A fork
# makes the first 16 MiB read-only and goes on as the child; a store fault copies its page; when the child exits, the
# pages are as before and the parent goes on. What the program keeps across a fork it must keep in s0-s11.
#
#     TOHOST defined: exit through `tohost` (Spike); else through the test device of QEMU's `virt` machine
#     REPEATS: the program's argument, a string
#
#     0x80000000 kernel | 0x80200000 program and its stack | 0x84000000 user memory | 0x88000000 copies

        .equ    USER, 0x40000000
        .equ    FRAMES, 0x84000000
        .equ    COPIES, 0x88000000
        .equ    SHARED, 16 << 20
        .equ    STACK, 0x80400000 - 256
        .equ    READ_ONLY, 0x53         # A, U, R, V
        .equ    WRITABLE, 0xd7          # and D, W
        .equ    USER_CODE, 0xdf         # and X
        .equ    KERNEL, 0xcf

        .text
        .globl  boot
boot:   csrr    t0, mhartid
        bnez    t0, park
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0             # all of memory for all modes
        la      t0, machine_trap
        csrw    mtvec, t0
        li      t0, 1 << 8 | 1 << 12 | 1 << 13 | 1 << 15
        csrw    medeleg, t0             # calls from user mode and page faults go to the kernel

        la      t0, root                # the tables: 0x40000000 and 0x80000000
        la      t1, middle_user
        jal     point
        addi    t0, t0, 8
        la      t1, middle_kernel
        jal     point
        la      t0, root
        li      t1, KERNEL
        sd      t1, 0(t0)               # devices
        la      t0, middle_kernel
        li      t1, 0x80000000 >> 2 | KERNEL
        li      t2, 0x200000 >> 2
        li      t3, 128
identity:
        sd      t1, 0(t0)
        add     t1, t1, t2
        addi    t0, t0, 8
        addi    t3, t3, -1
        bnez    t3, identity
        la      t0, middle_kernel
        li      t1, 0x80200000 >> 2 | USER_CODE
        sd      t1, 8(t0)
        la      t0, middle_user - 8
        la      t1, leaves
        li      t3, 32
leaf_tables:
        jal     point
        addi    t0, t0, 8
        li      t2, 4096
        add     t1, t1, t2
        addi    t3, t3, -1
        bnez    t3, leaf_tables
        la      t0, leaves
        li      t1, FRAMES >> 2 | WRITABLE
        li      t3, 16384
        jal     fill_leaves
        la      t0, root
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma

        la      t0, trap
        csrw    stvec, t0
        la      t0, saved
        csrw    sscratch, t0
        li      t0, 0x1800
        csrc    mstatus, t0             # mret goes to user mode
        la      t0, _start
        csrw    mepc, t0
        li      sp, STACK               # argc, argv, end of argv, end of environment; the argument's text
        li      t0, 2
        sd      t0, 0(sp)
        addi    t1, sp, 64
        sd      t1, 8(sp)
        sd      t1, 16(sp)
        la      t2, repeats
text:   lbu     t0, 0(t2)
        sb      t0, 0(t1)
        addi    t1, t1, 1
        addi    t2, t2, 1
        bnez    t0, text
        mret
park:   wfi
        j       park

# point: let the entry after t0 point to the table at t1; t1 stays.
point:  srli    t2, t1, 12
        slli    t2, t2, 10
        ori     t2, t2, 1
        sd      t2, 8(t0)
        ret

# fill_leaves: t3 entries from t0 on, the first of them t1.
fill_leaves:
        li      t2, 1 << 10
1:      sd      t1, 0(t0)
        add     t1, t1, t2
        addi    t0, t0, 8
        addi    t3, t3, -1
        bnez    t3, 1b
        ret

# machine_trap: the kernel's ECALL is the end, with the status in a0; anything else is one that should not be.
machine_trap:
        csrr    t0, mcause
        li      t1, 9
        beq     t0, t1, stop
        li      a0, 98
stop:
#ifdef TOHOST
        slli    a0, a0, 1
        ori     a0, a0, 1
        la      t0, tohost
        sd      a0, 0(t0)
#else
        li      t0, 0x100000
        li      t1, 0x5555
        beqz    a0, 1f
        slli    a0, a0, 16
        li      t1, 0x3333
        or      t1, t1, a0
1:      sw      t1, 0(t0)
#endif
2:      j       2b

        .balign 4
trap:   csrrw   t6, sscratch, t6
        sd      t0, 0(t6)
        sd      t1, 8(t6)
        sd      t2, 16(t6)
        sd      t3, 24(t6)
        sd      t4, 32(t6)
        sd      t5, 40(t6)
        csrr    t0, scause
        li      t1, 15
        beq     t0, t1, store_fault
        li      t1, 8
        beq     t0, t1, call
refuse: li      a0, 99
        ecall

# store_fault: copy the page, map the copy, forget the old translation.
store_fault:
        csrr    t0, stval
        srli    t0, t0, 12
        slli    t0, t0, 12
        li      t1, USER
        sub     t1, t0, t1              # where in user memory
        li      t2, SHARED
        bgeu    t1, t2, refuse
        li      t2, FRAMES
        add     t2, t2, t1
        li      t3, COPIES
        add     t3, t3, t1
        li      t4, 4096
        add     t4, t4, t2
        .macro  word at
        ld      t5, \at(t2)
        sd      t5, \at(t3)
        .endm
1:      word    0
        word    8
        word    16
        word    24
        word    32
        word    40
        word    48
        word    56
        addi    t2, t2, 64
        addi    t3, t3, 64
        bne     t2, t4, 1b
        li      t2, 4096
        sub     t3, t3, t2
        srli    t3, t3, 2
        ori     t3, t3, WRITABLE
        srli    t1, t1, 9
        la      t2, leaves
        add     t2, t2, t1
        sd      t3, 0(t2)
        sfence.vma t0, zero
resume: ld      t0, 0(t6)
        ld      t1, 8(t6)
        ld      t2, 16(t6)
        ld      t3, 24(t6)
        ld      t4, 32(t6)
        ld      t5, 40(t6)
        csrrw   t6, sscratch, t6
        sret

call:   csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        li      t1, 222
        beq     a7, t1, mmap
        li      t1, 220
        beq     a7, t1, clone
        li      t1, 260
        beq     a7, t1, wait4
        li      t1, 93
        beq     a7, t1, exit
        li      a0, -38
        j       resume
mmap:   li      a0, USER
        j       resume
wait4:  li      a0, 2                   # the child has ended before its parent went on
        j       resume
clone:  sd      t0, 48(t6)              # the parent's place
        sd      s0, 56(t6)
        sd      s1, 64(t6)
        sd      s2, 72(t6)
        sd      s3, 80(t6)
        sd      s4, 88(t6)
        sd      s5, 96(t6)
        sd      s6, 104(t6)
        sd      s7, 112(t6)
        sd      s8, 120(t6)
        sd      s9, 128(t6)
        sd      s10, 136(t6)
        sd      s11, 144(t6)
        li      t1, READ_ONLY
        jal     t5, map_shared
        li      a0, 0
        j       resume
exit:   ld      t0, 48(t6)
        beqz    t0, over                # no child: it was the parent
        bnez    a0, over                # a child that failed is a failure
        csrw    sepc, t0
        sd      zero, 48(t6)
        ld      s0, 56(t6)
        ld      s1, 64(t6)
        ld      s2, 72(t6)
        ld      s3, 80(t6)
        ld      s4, 88(t6)
        ld      s5, 96(t6)
        ld      s6, 104(t6)
        ld      s7, 112(t6)
        ld      s8, 120(t6)
        ld      s9, 128(t6)
        ld      s10, 136(t6)
        ld      s11, 144(t6)
        li      t1, WRITABLE
        jal     t5, map_shared
        li      a0, 2
        j       resume
over:   ecall

# map_shared: the memory that a fork shares, with the rights in t1.
map_shared:
        li      t0, FRAMES >> 2
        or      t1, t1, t0
        la      t0, leaves
        li      t2, 1 << 10
        li      t3, SHARED >> 12
1:      sd      t1, 0(t0)
        add     t1, t1, t2
        addi    t0, t0, 8
        addi    t3, t3, -1
        bnez    t3, 1b
        sfence.vma
        jr      t5

        .data
        .balign 8
saved:  .space  160
repeats:
        .asciz  REPEATS
        .section .tohost, "aw"
        .balign 64
        .globl  tohost
tohost: .dword  0
        .balign 64
        .globl  fromhost
fromhost:
        .dword  0
        .bss
        .balign 4096
root:   .space  4096
        .space  4096                    # `point` writes the entry after the one it is given
middle_user:
        .space  4096
middle_kernel:
        .space  4096
leaves: .space  32 * 4096
