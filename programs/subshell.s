# subshell: does copy-on-write pay?
#
# A process with 64 pages of its own forks, and the child writes to some of them: 4, or as many as the first argument
# says. Copy-on-write pays a fault and a copy for each page written; --fork eager pays a copy for each page there is,
# and no fault. Which is cheaper depends on the share of pages written and on what a copy costs against a fault (F8):
#
#     pagewalk run programs/subshell.s 4  --fork cow --stats        pagewalk run programs/subshell.s 4  --fork eager --stats
#     pagewalk run programs/subshell.s 64 --fork cow --stats        pagewalk run programs/subshell.s 64 --fork eager --stats

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "child: done\n"
#? zero.fills == 64                     # the parent writes its 64 pages before fork
#? zero.maps == 0                       # and reads none of them before
#? frames.leaked == 0                   # F68

#? [fork=cow] fork.write_protected == 65        # the 64, and the top of the stack
#? [fork=cow] fork.eager_copies == 0
#? [fork=cow] fault.write_protected == 4        # the pages the child writes
#? [fork=cow] cow.copies == 4
#? [fork=cow] cow.reuses == 0                   # the parent only reads afterwards
#? [fork=eager] fork.eager_copies == 65
#? [fork=eager] fork.write_protected == 0
#? [fork=eager] fault.write_protected == 0
#? [fork=eager] cow.copies == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    PAGES, 64

        .section .rodata
done:   .ascii  "child: done\n"
        .equ    done_length, . - done

        .text
        .globl  _start
_start:
        li      s1, 4                   # s1: pages the child writes
        ld      t0, 0(sp)               # argc
        li      t1, 2
        blt     t0, t1, start
        ld      t0, 16(sp)              # argv[1], decimal
        li      s1, 0
        li      t2, 10
digit:
        lbu     t1, 0(t0)
        beqz    t1, start
        addi    t1, t1, -48             # '0'
        mul     s1, s1, t2
        add     s1, s1, t1
        addi    t0, t0, 1
        j       digit

start:
        li      s2, PAGES
        bgtu    s1, s2, wrong
        li      s3, PAGE

        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0

        mv      t0, s0                  # page n holds n, from 1
        li      t1, 1
fill:
        sd      t1, 0(t0)
        add     t0, t0, s3
        addi    t1, t1, 1
        ble     t1, s2, fill

        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        beqz    a0, child

parent:
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        mv      t0, s0
        li      t1, 1
verify:
        ld      t2, 0(t0)
        bne     t2, t1, wrong           # what the child wrote is not here
        add     t0, t0, s3
        addi    t1, t1, 1
        ble     t1, s2, verify

        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        mv      t0, s0
        li      t1, 1
touch:
        bgt     t1, s1, touched
        ld      t2, 0(t0)
        bne     t2, t1, wrong           # the parent's value, from before fork
        sd      zero, 0(t0)
        add     t0, t0, s3
        addi    t1, t1, 1
        j       touch
touched:
        li      a0, 1
        la      a1, done
        li      a2, done_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
