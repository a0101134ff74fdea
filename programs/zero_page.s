# zero_page: sixty-four pages of zeros in one frame.
#
# Memory from mmap reads as zero, and until it is written one frame of zeros serves every page of it (F6). Caches are
# tagged with physical addresses, so the first load brings the line in and the loads from all other pages hit it,
# although each page needs a TLB entry of its own. The first store to a page gets it a frame, already zero: the zero
# frame is not copied, and never handed out to be written.

#? exit_status == 0
#? zero.maps == 64                      # one per page that is read
#? fault.write_protected == 3           # the first store to each of three pages that had been read
#? fault.not_present == 65              # 64 first loads, and the store to the page nobody had read
#? zero.fills == 4                      # 3 + 1 pages written, a frame each
#? cow.copies == 0                      # a frame is cleared instead of the zero frame being copied
#? cow.reuses == 0                      # and the zero frame is nobody's own
#? cache.l1d.hits >= 127                # two loads from each of 64 pages, one physical line: the first may miss
#? tlb.l1d.misses >= 64                 # but as many translations as pages
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_mmap
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    PAGES, 64

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, (PAGES + 1) * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0
        li      s1, PAGE
        li      s2, PAGES * PAGE
        add     s2, s0, s2              # s2: the page after the 64

        li      s3, 2                   # two rounds: the first faults, the second does not
round:
        mv      t0, s0
read_next:
        ld      t1, 0(t0)
        bnez    t1, wrong
        add     t0, t0, s1
        bne     t0, s2, read_next
        addi    s3, s3, -1
        bnez    s3, round

        li      t1, 7                   # pages 0, 1 and 2: present and read-only, so each store faults once
        mv      t0, s0
        sd      t1, 0(t0)
        add     t0, t0, s1
        sd      t1, 0(t0)
        add     t0, t0, s1
        sd      t1, 0(t0)
        sd      t1, 8(t0)               # the frame is there already: no fault

        ld      t2, 0(s0)
        bne     t2, t1, wrong
        ld      t2, 8(s0)
        bnez    t2, wrong               # the rest of a new frame is zero
        add     t0, t0, s1
        ld      t2, 0(t0)
        bnez    t2, wrong               # page 3 still reads zero: the zero frame was not written

        sd      t1, 0(s2)               # page 64 was never read: one fault instead of two
        ld      t2, 0(s2)
        bne     t2, t1, wrong

        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
