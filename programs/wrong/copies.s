# copies: a copy of a page holds what the page held, all of it, and grants the store that it was made for.
#
#     pagewalk run programs/wrong/copies.s --set bug=half-copied
#
# A child stores to the middle of a page of which the first and the last word are known, and finds them in its copy. The
# copy is dirty from its first store on, also where hardware sets no D (`svade`): one store takes one fault.

#? run: --ad svadu
#? run: --ad svade
#? exit_status == 0
#? cow.copies == 1              # the child's page
#? cow.reuses == 1              # the parent's, when the child is gone
#? fault.write_protected == 2   # one each (F3, F4)
#? frames.leaked == 0           # F68

        .include "lib/steps.inc"

        .data
        .balign 4096
page:   .dword  11
        .skip   4080
        .dword  22
        .text
_start:
        la      s0, page
        li      t0, 4088
        add     s1, s0, t0
        fork
        wait                            # its status goes to a page that nobody has touched before
        bnez    t0, wrong
        expect  8(s0), 0
        put     8(s0), 44
        expect  0(s0), 11
        expect  0(s1), 22
        j       right
child:
        put     8(s0), 33
        expect  0(s0), 11
        expect  0(s1), 22
        expect  8(s0), 33
        j       right
