# shared: what one process writes to shared memory the other one reads, also where it has read before (F60).
#
#     pagewalk run programs/wrong/shared.s --set bug=shared-zero
#
# Both have read zeros before the child writes. A page that MADV_WIPEONFORK is said of is not shared at all: the child
# finds zeros there.

#? exit_status == 0
#? cow.copies == 0
#? zero.fills == 2              # the shared page at its first read, the other one at its store
#? frames.leaked == 0           # F68

        .include "lib/steps.inc"

_start:
        map     1, MAP_SHARED_ANONYMOUS
        mv      s0, a0
        map     1, MAP_PRIVATE_ANONYMOUS
        mv      s1, a0
        put     0(s1), 5
        advise  s1, MADV_WIPEONFORK
        expect  0(s0), 0
        fork
        li      a0, -1
        mv      a1, s0                  # the child's status: shared memory, too
        addi    a1, a1, 64
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        expect  64(s0), 0
        expect  0(s0), 6
        expect  0(s1), 5
        j       right
child:
        expect  0(s1), 0
        expect  0(s0), 0
        put     0(s0), 6
        j       right
