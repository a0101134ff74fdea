# self_modifying: a program that writes the code it runs.
#
# Text is read-only, so the program asks for a page that is writable and executable, puts two instructions there, and
# calls them. Then it changes the first of them and calls again. Stores go through the data side, fetches through the
# instruction side, and only fence.i makes the one see the other. A decoder that kept its old work would answer 1 twice.

#? exit_status == 0
#? zero.fills == 1                      # the page of code: its first access is a store
#? fault.total == 1                     # that store; the calls find an executable page
#? fault.no_execute == 0
#? cow.copies == 0
#? frames.leaked == 0                   # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_mmap
        .equ    PROT_READ_WRITE_EXECUTE, 7
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, PAGE
        li      a2, PROT_READ_WRITE_EXECUTE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0

        la      s1, answer_one          # write a function of two instructions
        lw      t0, 0(s1)
        sw      t0, 0(s0)
        lw      t0, 4(s1)
        sw      t0, 4(s0)
        fence.i
        jalr    ra, 0(s0)
        li      t0, 1
        bne     a0, t0, wrong

        la      s1, answer_two          # change its first instruction
        lw      t0, 0(s1)
        sw      t0, 0(s0)
        fence.i
        jalr    ra, 0(s0)
        li      t0, 2
        bne     a0, t0, wrong

        li      a0, 0
        li      a7, SYS_exit
        ecall

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

answer_one:                             # read as data, never run here
        li      a0, 1
        ret
answer_two:
        li      a0, 2
