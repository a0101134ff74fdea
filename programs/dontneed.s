# dontneed: give the pages back, keep the addresses.
#
# madvise(MADV_DONTNEED) is how an allocator returns memory: the frames are freed, the region stays. The next load finds
# the page of zeros, the next store a new frame filled with zeros, as if the page had never been touched (F6). munmap
# would end in SIGSEGV there.
#
# In a shared mapping the memory belongs to the mapping, not to the page table: what is dropped are translations, and the
# next access finds the same frame, with what was in it.

#? run: --fork cow
#? run: --paging sv57
#? exit_status == 0
#? zero.fills == 7              # four pages; the shared one; after the call two of the four once more
#? zero.maps == 2               # pages 0 and 1, read after the call
#? fault.write_protected == 1   # the store to page 1: mapped to the page of zeros, which is read-only
#? fault.not_present == 9       # four stores; two loads and a store after the call; the shared page before it and after
#? fault.total == 10
#? cow.copies == 0              # zeros are filled in, not copied
#? frames.leaked == 0           # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_mmap
                                        # SYS_madvise
        .equ    MADV_DONTNEED, 4
        .equ    EINVAL, 22
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_SHARED_ANONYMOUS, 0x21
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096

        .text
        .globl  _start
_start:
        li      a1, 4 * PAGE
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s0, a0                  # s0, s1, s2, s3: four pages
        li      t0, PAGE
        add     s1, s0, t0
        add     s2, s1, t0
        add     s3, s2, t0
        li      a1, PAGE
        li      a3, MAP_SHARED_ANONYMOUS
        jal     map
        mv      s4, a0                  # the shared one

        li      t0, 7
        sd      t0, 0(s0)               # each faults, and gets a frame of zeros
        sd      t0, 0(s1)
        sd      t0, 0(s2)
        sd      t0, 0(s3)
        sd      t0, 0(s4)

        addi    a0, s0, 8               # only whole pages can be given back
        li      a1, PAGE
        jal     discard
        li      t0, -EINVAL
        bne     a0, t0, wrong
        ld      t0, 0(s0)
        li      t1, 7
        bne     t0, t1, wrong

        mv      a0, s0
        li      a1, 4 * PAGE
        jal     discard
        bnez    a0, wrong
        ld      t0, 0(s0)               # faults; the page of zeros
        bnez    t0, wrong
        ld      t0, 0(s1)               # faults; the same page of zeros
        bnez    t0, wrong
        li      t0, 8
        sd      t0, 0(s1)               # faults: read-only. A frame of zeros of its own
        sd      t0, 8(s2)               # faults; a frame of zeros at once
        ld      t0, 0(s2)
        bnez    t0, wrong               # nothing of the 7
        ld      t0, 0(s0)
        bnez    t0, wrong               # nor of the 8: the page of zeros is as it was

        mv      a0, s4
        li      a1, PAGE
        jal     discard
        bnez    a0, wrong
        ld      t0, 0(s4)               # faults; the same frame
        li      t1, 7
        bne     t0, t1, wrong

        li      a0, 0
        li      a7, SYS_exit
        ecall

# map: a1 bytes of anonymous memory, shared or private as a3 says.
map:
        li      a0, 0
        li      a2, PROT_READ_WRITE
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        ret

# discard: give back a1 bytes at a0; a0 is the result.
discard:
        li      a2, MADV_DONTNEED
        li      a7, SYS_madvise
        ecall
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
