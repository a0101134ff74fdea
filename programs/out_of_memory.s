# out_of_memory: running out of frames has a defined end.
#
# mmap promises more than there is: 16 MiB on a machine with 8. The child stores to page after page until no frame is
# left. That is found before any page table changes (F63); the child is killed, the parent is not, and wait4 tells it
# the signal. All the frames are back afterwards: a second child fills a megabyte without trouble.

#? run: --memory 8MiB --fork cow
#? run: --memory 8MiB --fork eager
#? exit_status == 0
#? fork.count == 2
#? fault.fatal == 1                     # the first child's last store
#? cow.copies == 0
#? zero.fills >= 257                    # the second child's 256 pages, and the page of `status`
#? zero.fills < 2304                    # 8 MiB are 2048 frames: the first child got fewer, the others 257 more
#? frames.peak <= 2048
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    SIGKILL, 9
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    TOO_MANY, 4096          # pages: 16 MiB
        .equ    SOME, 256               # pages: 1 MiB

        .text
        .globl  _start
_start:
        li      s1, PAGE
        li      a0, 0
        li      a1, TOO_MANY * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong               # the promise costs nothing and is given
        mv      s0, a0

        li      s2, TOO_MANY            # s2: pages the next child fills
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

        li      a0, -1
        la      a1, status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, status
        andi    t0, t0, 0x7f
        li      t1, SIGKILL
        bne     t0, t1, wrong

        li      s2, SOME
        li      a0, SIGCHLD             # fork again
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

        li      a0, -1
        la      a1, status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, status
        bnez    t0, wrong               # exited, with 0
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        mv      t0, s0
fill:
        sd      s2, 0(t0)               # a frame for each page, while there are any
        add     t0, t0, s1
        addi    s2, s2, -1
        bnez    s2, fill
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .bss
        .balign 4096
status: .skip   4096
