# cut: what is left of a region that is cut is all there, and so is what it shares.
#
#     pagewalk run programs/wrong/cut.s --set bug=split-uncounted
#
# The middle one of three shared pages is unmapped, then the first one. The third holds what it held before, and a page
# after it that nobody has touched is one of zeros (F67, F60).

#? exit_status == 0
#? cow.copies == 0
#? zero.fills == 4              # three pages, and the fourth when it is read
#? frames.leaked == 0           # F68

        .include "lib/steps.inc"

_start:
        map     4, MAP_SHARED_ANONYMOUS
        mv      s0, a0
        li      t0, PAGE
        add     s1, s0, t0
        add     s2, s1, t0
        add     s3, s2, t0
        put     0(s0), 1
        put     0(s1), 2
        put     0(s2), 3
        unmap   s1, 1
        expect  0(s0), 1
        expect  0(s2), 3
        unmap   s0, 1
        expect  0(s2), 3
        expect  0(s3), 0
        j       right
