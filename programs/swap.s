# swap: a program that uses twice the memory there is.
#
# It stores to 512 pages on a machine with 256 frames, then adds to every one of them, twice. When no frame is free, pages
# are taken away: CLOCK goes round the frames, spares those whose A bit is set and clears it, and takes those that nobody has
# used since it came by last. A page that was stored to is written to the swap device, and its PTE says to which slot; all
# TLBs drop it first, or a hart could go on storing to it. The next access faults, and the page is read back as it was. That
# is a load here, so that it comes back clean; the store after it sets D, and the page has to be written once more.

#? run: --memory 1MiB --swap 8MiB
#? run: --memory 1MiB --swap 8MiB --paging x86-64
#? run: --memory 1MiB --swap 8MiB --paging arm64 --flush full
#? exit_status == 0                     # every page holds its own number
#? zero.fills == 512                    # each page had one frame of zeros, at its first store
#? swap.out >= 256                      # 256 frames hold half of the pages at most
#? swap.in >= 256                       # which half that was, the next round finds out
#? fault.major >= 256                   # each of these waits for the device
#? fault.fatal == 0                     # nobody is killed (compare `out_of_memory`, which has no device)
#? reclaim.second_chances >= 1          # what was just stored to is spared once
#? reclaim.file <= 2                    # a page of the program itself is dropped, never written: the file has it
#? frames.peak <= 256
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_mmap
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096
        .equ    PAGES, 512              # 2 MiB

        .text
        .globl  _start
_start:
        li      s1, PAGE
        li      a0, 0
        li      a1, PAGES * PAGE
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        mv      s0, a0

        li      t0, PAGES               # count down, so that no page holds the zero it began with
        mv      t1, s0
store_next:
        sd      t0, 0(t1)
        add     t1, t1, s1
        addi    t0, t0, -1
        bnez    t0, store_next

        li      s2, 0                   # s2: how often each page has been added to
next_round:
        li      t0, PAGES
        mv      t1, s0
load_next:
        ld      t2, 0(t1)
        add     t3, t0, s2
        bne     t2, t3, wrong
        ld      t3, 8(t1)
        bnez    t3, wrong               # the rest of the page came back, too
        addi    t2, t2, 1
        sd      t2, 0(t1)
        add     t1, t1, s1
        addi    t0, t0, -1
        bnez    t0, load_next
        addi    s2, s2, 1
        li      t0, 2
        bne     s2, t0, next_round

        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall
