# shared_file: two processes map a file, and the page cache is the one memory behind it.
#
# A file of one page is mapped twice, shared and private, and both mappings are read: both show the same frame, that of
# the page cache. The child stores to the private mapping, and gets a copy, though nobody else has written there and the
# parent maps the page for reading alone: the file's own reference keeps it from being re-used (F61). It stores to the
# shared one, and copies nothing (F60): its parent sees that in both of its mappings, and so does read(). Then the parent
# writes to the file by a call, and sees that in its mappings. At last another child looks beyond the end of the file:
# there is no page to show, and it gets SIGBUS (F133).

#? run: --fork cow
#? run: --fork eager
#? exit_status == 0
#? zero.fills == 1                      # the file's page
#? fault.fatal == 1                     # the look beyond the end
#? frames.leaked == 0                   # F68
#? file.maps == 1                       # the parent's private mapping, read
#? [fork=cow] cow.copies == 1           # the child's store to it
#? [fork=cow] fork.write_protected == 1         # the top of the stack, once: it is not written between the forks
#? [fork=eager] cow.copies == 0         # fork has copied what is private, the page of the file too

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
                                        # SYS_openat
                                        # SYS_unlinkat
                                        # SYS_ftruncate
                                        # SYS_pread64
                                        # SYS_pwrite64
        .equ    SIGCHLD, 17
        .equ    SIGBUS, 7
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED, 1
        .equ    MAP_PRIVATE, 2
        .equ    AT_FDCWD, -100
        .equ    READ_WRITE_CREATE_TRUNCATE, 0x242
        .equ    PAGE, 4096

        .section .rodata
name:   .asciz  "file"

        .text
        .globl  _start
_start:
        li      a0, AT_FDCWD
        la      a1, name
        li      a2, READ_WRITE_CREATE_TRUNCATE
        li      a3, 0x1a4               # rw-r--r--
        li      a7, SYS_openat
        ecall
        bltz    a0, wrong
        mv      s2, a0
        li      a1, PAGE
        li      a7, SYS_ftruncate
        ecall
        bnez    a0, wrong
        li      a0, AT_FDCWD            # its name is needed no more
        la      a1, name
        li      a2, 0
        li      a7, SYS_unlinkat
        ecall
        bnez    a0, wrong

        li      a3, MAP_SHARED
        jal     map
        mv      s0, a0                  # s0: the file, shared, and a page beyond its end
        li      a3, MAP_PRIVATE
        jal     map
        mv      s1, a0                  # s1: the same, private

        ld      t0, 0(s0)
        ld      t1, 0(s1)
        or      t0, t0, t1
        bnez    t0, wrong               # zeros

        jal     fork
        bnez    a0, parent
        li      t0, 7
        sd      t0, 0(s1)               # copied: for the child alone
        li      t0, 42
        sd      t0, 8(s0)               # for all
        ld      t1, 8(s1)
        bnez    t1, wrong               # but for the copy, which was made before
        li      a0, 0
        li      a7, SYS_exit
        ecall

parent:
        jal     wait
        bnez    a0, wrong
        ld      t0, 0(s1)
        bnez    t0, wrong               # the child's 7 is not here
        ld      t0, 8(s0)
        ld      t1, 8(s1)
        li      t2, 42
        bne     t0, t2, wrong
        bne     t1, t2, wrong           # not copied here: it shows what the file holds
        mv      a0, s2
        addi    a1, s0, 16              # and so does a call, which reads it to a place in the file itself
        li      a2, 8
        li      a3, 8
        li      a7, SYS_pread64
        ecall
        ld      t0, 16(s1)
        bne     t0, t2, wrong
        mv      a0, s2
        mv      a1, s0
        addi    a1, a1, 16
        li      a2, 8
        li      a3, 0
        li      a7, SYS_pwrite64
        ecall
        ld      t0, 0(s1)
        li      t2, 42
        bne     t0, t2, wrong

        jal     fork
        bnez    a0, judge
        li      t0, PAGE
        add     t0, t0, s0
        ld      t0, 0(t0)               # SIGBUS
        li      a0, 0
        li      a7, SYS_exit
        ecall
judge:
        jal     wait
        li      t0, SIGBUS
        bne     a0, t0, wrong
        li      a0, 0
        li      a7, SYS_exit
        ecall

map:                                    # two pages of the file that s2 is, as a3 says
        li      a0, 0
        li      a1, 2 * PAGE
        li      a2, PROT_READ_WRITE
        mv      a4, s2
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        ret

fork:
        li      a0, SIGCHLD
        li      a1, 0
        li      a7, SYS_clone
        ecall
        ret

wait:                                   # for a child; a0: how it ended
        li      a0, -1
        addi    a1, s0, 24              # on the file's page, too
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      a0, 24(s0)
        andi    a0, a0, 0x7f
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
