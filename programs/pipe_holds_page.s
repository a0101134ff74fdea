# pipe_holds_page: a page that a pipe refers to is shared, whoever maps it.
#
# A child shares a page with its parent, lends it to a pipe with vmsplice, which copies nothing, and ends. The parent is
# now the only one to map the page, but not the only one to hold it: were its store to re-use the frame, the pipe would
# tell the parent's secret to whoever reads it (CVE-2020-29374). So the store copies, and the pipe has the old bytes (F61).
# What the parent itself lends after that, having the page for itself, is read as it is when the pipe is read (F124).

#? run: --fork cow
#? exit_status == 0
#? cow.copies == 1                     # the parent's store; its page of the stack is not written
#? cow.reuses == 0                     # one mapping, two references
#? frames.leaked == 0                  # F68: with the pipe goes what it holds

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_pipe2
                                        # SYS_read
                                        # SYS_vmsplice
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    OLD, 7
        .equ    SECRET, 9
        .equ    LATER, 11

        .text
        .globl  _start
_start:
        li      a0, 0                   # s1, a shared page: what the kernel writes there is copied by nobody
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_SHARED_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s1, a0
        li      a0, 0                   # s0, the page that this is about
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0
        li      t0, OLD
        sd      t0, 0(s0)
        mv      a0, s1
        li      a1, 0
        li      a7, SYS_pipe2
        ecall
        bnez    a0, wrong
        lw      s2, 0(s1)               # s2: its read end, s3: the other one
        lw      s3, 4(s1)

        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child
        li      a0, -1
        addi    a1, s1, 8
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, 8(s1)
        bnez    t0, wrong

        li      t0, SECRET
        sd      t0, 0(s0)               # the copy
        jal     take
        li      t0, OLD
        bne     a0, t0, wrong

        jal     lend                    # now the page is the parent's alone, but for the pipe
        bne     a0, a1, wrong
        li      t0, LATER
        sd      t0, 0(s0)               # no fault: the PTE grants it
        jal     take
        li      t0, LATER
        bne     a0, t0, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        jal     lend
        bne     a0, a1, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

# lend: let the pipe have the first 8 bytes of the page; what vmsplice returns is in a0, 8 in a1.
lend:
        sd      s0, 16(s1)
        li      t0, 8
        sd      t0, 24(s1)
        mv      a0, s3
        addi    a1, s1, 16
        li      a2, 1
        li      a3, 0
        li      a7, SYS_vmsplice
        ecall
        li      a1, 8
        ret

# take: read 8 bytes from the pipe into a0.
take:
        mv      a0, s2
        addi    a1, s1, 32
        li      a2, 8
        li      a7, SYS_read
        ecall
        ld      a0, 32(s1)
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
