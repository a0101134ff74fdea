# Processes that do what a script says, one command at a time: whose turn it is does it, all others yield.
#
# Standard input begins with the script's length in bytes, then the script: commands of nine words, 128 bytes apart.
#
#     whose turn it is (a number that a process gets from who forks it; the first is 0; below 0: all exit)
#     what: a system call's number; LOAD, STORE or FORK; whether the next command may begin before this one is over
#     six arguments
#
# Results are noted by command. Script, results and place are in shared memory, and a process keeps its number in a
# register: no private page is touched but by commands.

        .equ    CONTROL, 0x60000000
        .equ    RESULTS, 0x10000
        .equ    TURN, 0x1f000
        .equ    BYTES, 0x20000
        .equ    LOAD, -1
        .equ    STORE, -2
        .equ    FORK, -3

        .text
        .globl  _start
_start:
        li      s0, CONTROL
        mv      a0, s0
        li      a1, BYTES
        li      a2, 3                   # to read and to write
        li      a3, 0x31                # MAP_SHARED, MAP_FIXED, MAP_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, 222                 # mmap
        ecall
        li      a0, 0
        mv      a1, s0
        li      a2, 8
        li      a7, 63                  # read
        ecall
        ld      a2, 0(s0)
        li      a0, 0
        mv      a1, s0
        li      a7, 63
        ecall
        li      s1, 0                   # its number
        li      s5, RESULTS
        add     s5, s5, s0
        li      s6, TURN
        add     s6, s6, s0
next:
        ld      s2, 0(s6)
        slli    s3, s2, 7
        add     s3, s3, s0              # the command
        ld      t0, 0(s3)
        bltz    t0, leave
        beq     t0, s1, mine
        li      a7, 124                 # sched_yield
        ecall
        j       next
mine:
        addi    s4, s2, 1
        ld      t0, 16(s3)
        beqz    t0, alone
        sd      s4, 0(s6)
alone:
        ld      a7, 8(s3)
        ld      a0, 24(s3)
        ld      a1, 32(s3)
        ld      a2, 40(s3)
        ld      a3, 48(s3)
        ld      a4, 56(s3)
        ld      a5, 64(s3)
        li      t0, LOAD
        beq     a7, t0, load
        li      t0, STORE
        beq     a7, t0, store
        li      t0, FORK
        beq     a7, t0, fork
        ecall
note:
        slli    t0, s2, 3
        add     t0, t0, s5
        sd      a0, 0(t0)
        ld      t0, 16(s3)
        bnez    t0, next
        sd      s4, 0(s6)
        j       next
load:
        ld      a0, 0(a0)
        j       note
store:
        sd      a1, 0(a0)
        li      a0, 0
        j       note
fork:
        mv      t6, a0
        li      a0, 17                  # SIGCHLD
        li      a1, 0
        li      a7, 220                 # clone
        ecall
        bnez    a0, note
        mv      s1, t6
        j       next
leave:
        li      a0, 0
        li      a7, 93                  # exit
        ecall
