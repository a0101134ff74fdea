# flush: what invalidating a range costs, at once and later. The workload of `pagewalk lab flush`.
#
#     pagewalk run programs/lab/flush.s CALL PAGES REST AGAIN
#
# PAGES + REST pages are mapped, written, and read once, so that TLBs and caches know them. Then comes the system call
# CALL on the first PAGES of them, with PROT_READ as its third argument: 226 is mprotect, 215 is munmap, and 172, getpid,
# traps as these do and changes nothing. At last AGAIN of those pages and all of the REST are read again, and each is
# where it was: what is slower now than after getpid is what the invalidation costs later.
#
# The program prints three instruction counts: before the call, after it, and after the last read. A second run is stopped
# at these counts and marked there: so not an instruction more lies between two marks.

#? run: 226 4 8 4
#? run: 215 4 8 0
#? run: 172 4 8 4
#? exit_status == 0
#? zero.fills == 13             # 4 + 8 pages, and the page that the numbers are printed from
#? fault.total == 13            # those; the call takes nothing that is used again
#? syscall.total == 6           # mmap, the call, three writes, exit
#? frames.leaked == 0           # F68

        .include "lib/constants.inc"

        .text
        .globl  _start
_start:
        mv      s11, sp                 # argc, argv[0], argv[1], ...
        ld      t0, 0(s11)
        li      t1, 5
        bne     t0, t1, wrong
        ld      a0, 16(s11)
        jal     number
        mv      s0, a0                  # CALL
        ld      a0, 24(s11)
        jal     number
        slli    s1, a0, PAGE_SHIFT      # PAGES, in bytes
        ld      a0, 32(s11)
        jal     number
        slli    s2, a0, PAGE_SHIFT      # REST
        ld      a0, 40(s11)
        jal     number
        slli    s3, a0, PAGE_SHIFT      # AGAIN

        li      a0, 0
        add     a1, s1, s2
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        bltz    a0, wrong
        mv      s4, a0                  # the range
        add     s5, s4, s1              # the rest
        add     s6, s5, s2              # its end

        mv      a0, s4
        mv      a1, s6
        jal     write_pages
        mv      a0, s4
        mv      a1, s6
        jal     read_pages

        mv      a0, s4
        mv      a1, s1
        li      a2, PROT_READ
        mv      a7, s0
        rdinstret s7                    # first cut: from here to the second, the call
        ecall
        rdinstret s8                    # second cut: from here to the third, what comes of it
        bltz    a0, wrong

        mv      a0, s4
        add     a1, s4, s3
        jal     read_pages
        mv      a0, s5
        mv      a1, s6
        jal     read_pages
        rdinstret s9                    # third cut

        mv      a0, s7
        jal     print
        mv      a0, s8
        jal     print
        mv      a0, s9
        jal     print
        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

# write_pages, read_pages: access one word of each page from a0 to a1. The line moves on by one from page to page, or
# all words would meet in one set of the cache.
write_pages:
        srli    t0, a0, PAGE_SHIFT
        andi    t0, t0, LINES - 1
        slli    t0, t0, LINE_SHIFT
        add     t0, t0, a0
        beq     a0, a1, done
        sd      a0, 0(t0)
        li      t1, 1 << PAGE_SHIFT
        add     a0, a0, t1
        j       write_pages
read_pages:
        srli    t0, a0, PAGE_SHIFT
        andi    t0, t0, LINES - 1
        slli    t0, t0, LINE_SHIFT
        add     t0, t0, a0
        beq     a0, a1, done
        ld      t1, 0(t0)
        bne     t1, a0, wrong           # the word that was written: the page's own address
        li      t1, 1 << PAGE_SHIFT
        add     a0, a0, t1
        j       read_pages
done:   ret

# number: the value of the decimal digits that a0 points to.
number:
        mv      t0, a0
        li      a0, 0
        li      t2, 10
next_digit:
        lbu     t1, 0(t0)
        addi    t1, t1, -'0'
        bgeu    t1, t2, done            # the zero at the end, or anything else that is no digit
        mul     a0, a0, t2
        add     a0, a0, t1
        addi    t0, t0, 1
        j       next_digit

# print: a0 in decimal, and a new line.
print:
        la      a1, text_end
        li      t0, '\n'
        sb      t0, -1(a1)
        addi    a1, a1, -1
        li      t2, 10
next_place:
        remu    t0, a0, t2
        addi    t0, t0, '0'
        addi    a1, a1, -1
        sb      t0, 0(a1)
        divu    a0, a0, t2
        bnez    a0, next_place
        li      a0, 1
        la      a2, text_end
        sub     a2, a2, a1
        li      a7, SYS_write
        ecall
        ret

        .bss
        .balign 4096
        .space  32
text_end:
        .space  4096 - 32
