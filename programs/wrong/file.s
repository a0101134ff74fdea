# file: a program's own copy of a page of its file is its own, and what it drops of it is the file's again.
#
#     pagewalk run programs/wrong/file.s --set bug=reuse-by-maps
#
# A page of constants, which all who run the program share, is made writable and written to: that takes a copy, though
# no other process maps the page, for the program itself refers to it (F61). When the copy is dropped, the file's bytes
# are there again (F69).

#? exit_status == 0
#? cow.copies == 1
#? cow.reuses == 0
#? frames.leaked == 0           # F68

        .include "lib/steps.inc"

        .section .rodata
        .balign 4096
page:   .dword  77
        .balign 4096
        .text
_start:
        la      s0, page
        expect  0(s0), 77
        protect s0, PROT_READ_WRITE
        put     0(s0), 78
        expect  0(s0), 78
        advise  s0, MADV_DONTNEED
        expect  0(s0), 77
        j       right
