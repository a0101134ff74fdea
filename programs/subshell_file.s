# subshell_file: what the parent pays for (echo 1234 > file) &.
#
# A process with 64 pages of its own forks. The child opens a file, makes it its standard output, writes five bytes and
# ends: it stores to none of its 64 pages, so for the child's sake nothing is copied. The five bytes go into a page of the
# page cache, which is no page of any process. It is the parent that pays if it goes on writing while the child is there:
# one copy a page (F1, F3), and none any more once the child has ended (F4). --fork eager copies 65 pages for five bytes.

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? stdout == "1234\n"
#? zero.fills == 65                     # the parent's 64 pages, and the one of the file
#? frames.leaked == 0                   # F68: of the file too, once the last process has ended

#? [fork=cow] fork.write_protected == 65        # the 64, and the top of the stack
#? [fork=cow] cow.copies == 4                   # what the parent writes while the child is there
#? [fork=cow] cow.reuses == 4                   # and what it writes afterwards
#? [fork=eager] fork.eager_copies == 65
#? [fork=eager] cow.copies == 0
#? [fork=eager] cow.reuses == 0

        .include "lib/calls.inc"        # SYS_write
                                        # SYS_read
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
                                        # SYS_openat
                                        # SYS_unlinkat
                                        # SYS_dup3
        .equ    SIGCHLD, 17
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    AT_FDCWD, -100
        .equ    WRITE_CREATE_TRUNCATE, 0x241
        .equ    PAGE, 4096
        .equ    PAGES, 64
        .equ    WRITTEN, 4

        .section .rodata
name:   .asciz  "file"
text:   .ascii  "1234\n"
        .equ    LENGTH, . - text

        .text
        .globl  _start
_start:
        li      s2, PAGES
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

        mv      s1, s0                  # s1: the page that the parent writes to next
        li      t1, WRITTEN
meanwhile:
        sd      zero, 8(s1)
        add     s1, s1, s3
        addi    t1, t1, -1
        bnez    t1, meanwhile

        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall

        li      t1, WRITTEN
afterwards:
        sd      zero, 8(s1)
        add     s1, s1, s3
        addi    t1, t1, -1
        bnez    t1, afterwards

        li      a0, AT_FDCWD            # what did the child leave?
        la      a1, name
        li      a2, 0
        li      a3, 0
        li      a7, SYS_openat
        ecall
        bltz    a0, wrong
        addi    a1, s0, 16              # on a page that is the parent's own by now
        li      a2, PAGE - 16
        li      a7, SYS_read
        ecall
        li      t0, LENGTH
        bne     a0, t0, wrong

        li      a0, 1
        addi    a1, s0, 16
        li      a2, LENGTH
        li      a7, SYS_write
        ecall
        li      a0, AT_FDCWD
        la      a1, name
        li      a2, 0
        li      a7, SYS_unlinkat
        ecall
        bnez    a0, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

child:
        li      a0, AT_FDCWD
        la      a1, name
        li      a2, WRITE_CREATE_TRUNCATE
        li      a3, 0x1a4               # rw-r--r--
        li      a7, SYS_openat
        ecall
        bltz    a0, wrong
        li      a1, 1                   # > file
        li      a2, 0
        li      a7, SYS_dup3
        ecall
        li      a0, 1                   # echo 1234
        la      a1, text
        li      a2, LENGTH
        li      a7, SYS_write
        ecall
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
