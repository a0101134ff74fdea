# fresh: memory that is new holds zeros, whoever had its frame before.
#
#     pagewalk run programs/wrong/fresh.s --set bug=uncleared
#
# A page of secrets is unmapped. The next page is given the same frame at its first store, and shows none of them (F6).

#? exit_status == 0
#? zero.fills == 2
#? zero.maps == 0
#? frames.leaked == 0           # F68

        .include "lib/steps.inc"

_start:
        map     1, MAP_PRIVATE_ANONYMOUS
        mv      s0, a0
        put     0(s0), 1234
        put     8(s0), 1234
        unmap   s0, 1
        map     1, MAP_PRIVATE_ANONYMOUS
        mv      s0, a0
        put     0(s0), 1
        expect  8(s0), 0
        j       right
