# Threads of processes that do what a script says, one command at a time: whose turn it is does it, all others yield.
#
# Standard input begins with the script's length in bytes, then the script: commands of nine words, 128 bytes apart, and
# 56 bytes of data.
#
#     whose turn it is (a number that a thread gets from who starts it; the first is 0; below 0: all exit)
#     what: a system call's number, or one of those below; whether the next command may begin before this one is over
#     six arguments
#
# Results are noted by command, and what handlers of signals find in a log. Script, results, log, stacks and place are in
# shared memory, and a thread keeps its number in a register: no private page is touched but by commands.

        .equ    CONTROL, 0x60000000
        .equ    RESULTS, 0x20000
        .equ    LOG, 0x24000            # records of 64 bytes
        .equ    TURN, 0x2e000
        .equ    BEGUN, 0x2e040          # handlers that have begun
        .equ    LOGGED, 0x2e048         # handlers that have told the log what they found
        .equ    PIECE, 0x2e080          # an iovec
        .equ    TIDS, 0x2f000           # a word each, zero once the thread has ended
        .equ    STACKS, 0x30000         # 8 KiB each, for handlers
        .equ    BYTES, 0x100000
        .equ    LOAD, -1
        .equ    STORE, -2
        .equ    CLONE, -3               # number, flags
        .equ    LOGGED_ALL, -4          # waits until so many handlers have told
        .equ    THREAD_GONE, -5         # waits for the end of a thread, by its number
        .equ    PROCESS_GONE, -6        # waits until no thread of that id has memory
        .equ    ESRCH, 3

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
        li      t0, PIECE
        add     t0, t0, s0
        sd      s0, 0(t0)
        li      t1, 1
        sd      t1, 8(t0)
        li      s1, 0                   # its number
        li      s5, RESULTS
        add     s5, s5, s0
        li      s6, TURN
        add     s6, s6, s0
        li      sp, STACKS + 0x2000
        add     sp, sp, s0
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
        li      t0, CLONE
        beq     a7, t0, clone
        li      t0, LOGGED_ALL
        beq     a7, t0, logged
        li      t0, THREAD_GONE
        beq     a7, t0, thread_gone
        li      t0, PROCESS_GONE
        beq     a7, t0, process_gone
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
clone:
        mv      s7, a0
        mv      a0, a1
        slli    a1, s7, 13
        li      t0, STACKS + 0x2000
        add     a1, a1, t0
        add     a1, a1, s0              # its stack
        slli    a2, s7, 3
        li      t0, TIDS
        add     a2, a2, t0
        add     a2, a2, s0              # CLONE_PARENT_SETTID
        li      a3, 0
        mv      a4, a2                  # CLONE_CHILD_CLEARTID
        mv      s8, s1
        mv      s1, s7                  # a handler may be the first that it runs
        li      a7, 220                 # clone
        ecall
        beqz    a0, next
        mv      s1, s8
        j       note
logged:
        li      s8, LOGGED
        add     s8, s8, s0
1:      ld      t0, 0(s8)
        bge     t0, a0, noted
        mv      s7, a0
        li      a7, 124                 # sched_yield
        ecall
        mv      a0, s7
        j       1b
thread_gone:
        slli    s7, a0, 3
        li      t0, TIDS
        add     s7, s7, t0
        add     s7, s7, s0
1:      lw      t0, 0(s7)
        beqz    t0, noted
        li      a7, 124                 # sched_yield
        ecall
        j       1b
process_gone:
        mv      s7, a0
1:      li      a7, 124                 # sched_yield
        ecall
        mv      a0, s7
        li      a1, PIECE
        add     a1, a1, s0
        li      a2, 1
        mv      a3, a1
        li      a4, 1
        li      a5, 0
        li      a7, 270                 # process_vm_readv: ESRCH of a process without memory
        ecall
        li      t0, -ESRCH
        bne     a0, t0, 1b
noted:
        li      a0, 0
        j       note
leave:
        li      a0, 0
        li      a7, 93                  # exit
        ecall

# A handler of signals: what it found goes into the log; a page that refused an access is made to grant it.
#
#     number of the thread, signal, code, what follows it (a pid or an address), mask in the frame, mask now, its mending

        .globl  handler
handler:
        mv      t0, a0
        li      t1, BEGUN
        add     t1, t1, s0
        li      t2, 1
        amoadd.d t2, t2, (t1)
        slli    t2, t2, 6
        li      t1, LOG
        add     t2, t2, t1
        add     t2, t2, s0              # the record
        sd      s1, 0(t2)
        sd      t0, 8(t2)
        lw      t3, 8(a1)               # si_code
        sd      t3, 16(t2)
        ld      t4, 16(a1)              # si_pid, or si_addr
        sd      t4, 24(t2)
        ld      t1, 40(a2)              # uc_sigmask
        sd      t1, 32(t2)
        li      a0, 0
        li      a1, 0
        addi    a2, t2, 40
        li      a3, 8
        li      a7, 135                 # rt_sigprocmask
        ecall
        li      t1, 11                  # SIGSEGV
        bne     t0, t1, told
        srli    a0, t4, 12
        slli    a0, a0, 12
        li      a1, 4096
        li      a2, 3                   # to read and to write
        li      a7, 226                 # mprotect, of a page that does not grant it (SEGV_ACCERR)
        li      t1, 2
        beq     t3, t1, mend
        li      a3, 0x32                # MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, 222                 # mmap, where there is none
mend:
        ecall
        sd      a0, 48(t2)
told:
        li      t1, LOGGED
        add     t1, t1, s0
        li      t2, 1
        amoadd.d zero, t2, (t1)
        ret
