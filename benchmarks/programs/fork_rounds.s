# fork_rounds: a child that ends at once and is waited for, ROUNDS times, one after the other.

        .equ    SIGCHLD, 17
        .equ    ROUNDS, 10000

        .globl  _start
_start:
        li      s1, ROUNDS
again:
        li      a0, SIGCHLD
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a4, 0
        li      a7, 220                 # clone
        ecall
        beqz    a0, child
        bltz    a0, wrong
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, 260                 # wait4
        ecall
        bltz    a0, wrong
        addi    s1, s1, -1
        bnez    s1, again
        li      a0, 0
        j       exit
wrong:  li      a0, 1
        j       exit
child:  li      a0, 0
exit:   li      a7, 93
        ecall
