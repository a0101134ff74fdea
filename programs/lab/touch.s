# touch: what the first touch of a page takes, when nobody else runs.
#
#     pagewalk run programs/lab/touch.s PAGES STORES
#
# PAGES pages are mapped, and a word of each is read, or with STORES 1 written. A read finds the page of zeros; a store
# gets a frame, which has to be cleared.
#
# Marks: 1 before the first touch, 2 after the last.

#? run: 12 0
#? run: 12 1
#? exit_status == 0
#? cow.copies == 0
#? fault.fatal == 0
#? frames.leaked == 0           # F68

        .include "lib/begin.inc"

        begin   3
        jal     number
        slli    s5, a0, PAGE_SHIFT      # PAGES, in bytes
        jal     number
        mv      s6, a0                  # STORES

        mv      a0, s5
        li      a3, MAP_PRIVATE_ANONYMOUS
        jal     map
        mv      s4, a0                  # the range
        add     s5, s5, s4              # its end
        mark    1
        mv      a0, s4
        mv      a1, s5
        bnez    s6, store
        li      a2, 0                   # zeros
        jal     read_pages
        j       touched
store:  li      a2, -1
        jal     write_pages
touched:
        mark    2
        j       succeed

        .include "lib/routines.inc"
