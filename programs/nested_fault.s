# nested_fault: a handler that faults, on a stack of its own.
#
# A stack that has overflowed has no room for a handler's frame, so the handler runs on another one (sigaltstack). There
# it faults itself. In a child SIGSEGV is put off while its handler runs: the second fault ends the child (F54). In the
# parent the handler may be interrupted by its own signal (SA_NODEFER): the inner handler mends the inner fault, the
# outer one the outer fault, and both instructions run again, the inner one first.

#? exit_status == 0
#? signal.delivered == 3               # one in the child, two in the parent
#? fault.fatal == 4                    # and one more ends the child
#? frames.leaked == 0                  # F68

        .include "lib/calls.inc"        # SYS_exit
                                        # SYS_sigaltstack
                                        # SYS_rt_sigaction
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_mprotect
                                        # SYS_wait4
        .equ    SIGSEGV, 11
        .equ    SIGCHLD, 17
        .equ    SA_SIGINFO, 4
        .equ    SA_ONSTACK, 0x08000000
        .equ    SA_NODEFER, 0x40000000
        .equ    PROT_NONE, 0
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE, 4096

        .text
        .globl  _start
_start:
        li      a0, 0                   # two pages that grant nothing
        li      a1, 2 * PAGE
        li      a2, PROT_NONE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0
        li      t0, PAGE
        add     s1, s0, t0
        la      t0, pages
        sd      s0, 0(t0)

        la      a0, stack               # handlers have a stack of their own
        li      a1, 0
        li      a7, SYS_sigaltstack
        ecall
        bnez    a0, wrong

        la      s2, deferred
        jal     install
        li      a0, SIGCHLD             # fork
        li      a1, 0
        li      a7, SYS_clone
        ecall
        bnez    a0, parent

        mv      s3, sp                  # the child: no stack is left
        li      sp, 16
        li      t0, 1
        sd      t0, 0(s0)
        j       wrong                   # never: the handler faults, and its signal is put off

parent:
        li      a0, -1
        la      a1, status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        lw      t0, status
        andi    t0, t0, 0x7f
        li      t1, SIGSEGV
        bne     t0, t1, wrong

        la      s2, nested
        jal     install
        mv      s3, sp
        li      sp, 16
        li      t0, 1
        sd      t0, 0(s0)               # refused; the handler's own store to s1 is refused, too
        mv      sp, s3
        ld      t0, 0(s0)
        li      t1, 1
        bne     t0, t1, wrong
        ld      t0, 0(s1)
        li      t1, 2
        bne     t0, t1, wrong
        lw      t0, depth
        bnez    t0, wrong               # both handlers have returned
        li      a0, 0
        li      a7, SYS_exit
        ecall

# install: let what s2 points to be done with SIGSEGV.
install:
        li      a0, SIGSEGV
        mv      a1, s2
        li      a2, 0
        li      a3, 8
        li      a7, SYS_rt_sigaction
        ecall
        bnez    a0, wrong
        ret

# handler: the outer one stores to the second page, which makes the inner one; each mends the page of its own fault.
handler:
        la      t0, depth
        lw      t1, 0(t0)
        addi    t1, t1, 1
        sw      t1, 0(t0)
        ld      s4, 16(a1)              # si_addr
        li      t0, 1
        bne     t1, t0, mend
        ld      t0, pages
        li      t1, PAGE
        add     t0, t0, t1
        li      t1, 2
        sd      t1, 0(t0)               # faults
mend:
        li      t1, -PAGE
        and     a0, s4, t1
        li      a1, PAGE
        li      a2, PROT_READ_WRITE
        li      a7, SYS_mprotect
        ecall
        la      t0, depth
        lw      t1, 0(t0)
        addi    t1, t1, -1
        sw      t1, 0(t0)
        ret

wrong:
        li      a0, 1
        li      a7, SYS_exit
        ecall

        .data
        .balign 8
deferred:
        .dword  handler
        .dword  SA_SIGINFO | SA_ONSTACK
        .dword  0
nested: .dword  handler
        .dword  SA_SIGINFO | SA_ONSTACK | SA_NODEFER
        .dword  0
stack:  .dword  handlers_stack          # where, flags, size
        .dword  0
        .dword  HANDLERS
pages:  .dword  0
depth:  .word   0
status: .word   0

        .bss
        .balign 16
        .equ    HANDLERS, 16384
handlers_stack:
        .space  HANDLERS
