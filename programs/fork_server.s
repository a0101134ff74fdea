# fork server: a process for each request.
#
# The server has 32 pages of its own, a table. A client, which it forks first, writes four requests into a pipe: the
# number of a page each. For each the server forks a worker, which finds the page as the server left it, writes over it,
# answers through a second pipe, and ends. No worker sees what another has done, and the server's table stays as it is:
# this is how servers isolate requests, and how fuzzers begin each run from the same state. What it costs is one fork
# for each request; a server with much memory pays for page tables, although its workers touch next to nothing:
# --fork shared-tables shares these, too.
#
#     pagewalk run programs/fork_server.s --stats          pagewalk run programs/fork_server.s --fork shared-tables --stats

#? run: --fork cow
#? run: --fork eager
#? run: --fork shared-tables
#? run: --fork shared-tables --paging x86-64
#? exit_status == 0
#? stdout == "4 answers, nothing changed\n"
#? fork.count == 5                      # the client and four workers
#? zero.fills == 32                     # the server's pages, before the first fork
#? frames.leaked == 0                   # F68

#? [fork=cow] cow.copies == 8                   # each worker copies the table's page and that of its answer
#? [fork=cow] fork.tables_shared == 0
#? [fork=cow] fork.tables_copied == 0
#? [fork=eager] cow.copies == 0                 # F8
#? [fork=eager] fault.write_protected == 0
#? [fork=shared-tables] cow.copies == 8
#? [fork=shared-tables] fork.tables_shared == 15        # for each child: of the program, of the table, of the stack
#? [fork=shared-tables] fork.tables_copied == 8         # each worker's, of the program and of the table

        .include "lib/calls.inc"        # SYS_close
                                        # SYS_pipe2
                                        # SYS_read
                                        # SYS_write
                                        # SYS_exit
                                        # SYS_clone
                                        # SYS_mmap
                                        # SYS_wait4
        .equ    SIGCHLD, 17
        .equ    PROT_READ_WRITE, 3
        .equ    MAP_PRIVATE_ANONYMOUS, 0x22
        .equ    PAGE_SHIFT, 12
        .equ    PAGES, 32
        .equ    REQUESTS, 4
        .equ    READ_END, 0
        .equ    WRITE_END, 4

        .section .rodata
done:   .ascii  "4 answers, nothing changed\n"
        .equ    done_length, . - done
asked:  .dword  3, 20, 3, 31            # a page twice: the second worker does not see the first one's store

        .text
        .globl  _start
_start:
        li      a0, 0
        li      a1, PAGES << PAGE_SHIFT
        li      a2, PROT_READ_WRITE
        li      a3, MAP_PRIVATE_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_mmap
        ecall
        mv      s0, a0                  # s0: the table; page n holds n
        li      t1, 0
        li      t2, PAGES
fill:   slli    t0, t1, PAGE_SHIFT
        add     t0, t0, s0
        sd      t1, 0(t0)
        addi    t1, t1, 1
        bne     t1, t2, fill

        la      a0, requests
        jal     pipe
        la      a0, answers
        jal     pipe

        jal     fork
        beqz    a0, client
        la      t0, requests
        lw      a0, WRITE_END(t0)       # or the server would never see their end
        li      a7, SYS_close
        ecall

serve:                                  # a request: the number of a page
        la      t0, requests
        lw      a0, READ_END(t0)
        la      a1, word
        li      a2, 8
        li      a7, SYS_read
        ecall
        beqz    a0, served              # the client has ended
        jal     fork
        beqz    a0, worker
        jal     wait                    # for the worker
        la      t0, answers
        lw      a0, READ_END(t0)
        la      a1, answer
        li      a2, 8
        li      a7, SYS_read
        ecall
        ld      t0, word
        ld      t1, answer
        bne     t0, t1, wrong           # what the worker found on that page
        addi    s2, s2, 1
        j       serve

served:
        jal     wait                    # for the client
        li      t0, REQUESTS
        bne     s2, t0, wrong
        li      t1, 0
        li      t2, PAGES
verify: slli    t0, t1, PAGE_SHIFT
        add     t0, t0, s0
        ld      t0, 0(t0)
        bne     t0, t1, wrong           # a worker's store is here
        addi    t1, t1, 1
        bne     t1, t2, verify
        li      a0, 1
        la      a1, done
        li      a2, done_length
        li      a7, SYS_write
        ecall
        li      a0, 0
        j       exit

client:                                 # four requests, one after the other
        la      s1, asked
        addi    s3, s1, 8 * REQUESTS
ask:    la      t0, requests
        lw      a0, WRITE_END(t0)
        mv      a1, s1
        li      a2, 8
        li      a7, SYS_write
        ecall
        addi    s1, s1, 8
        bne     s1, s3, ask
        li      a0, 0
        j       exit

worker:                                 # the page's word is the answer, and is then written over
        ld      t0, word
        slli    t0, t0, PAGE_SHIFT
        add     t0, t0, s0
        ld      t1, 0(t0)
        sd      zero, 0(t0)
        la      a1, answer
        sd      t1, 0(a1)
        la      t0, answers
        lw      a0, WRITE_END(t0)
        li      a2, 8
        li      a7, SYS_write
        ecall
        li      a0, 0
        j       exit

pipe:                                   # a0: where its two ends are to be told
        li      a1, 0
        li      a7, SYS_pipe2
        ecall
        bnez    a0, wrong
        ret
fork:
        li      a0, SIGCHLD
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a4, 0
        li      a7, SYS_clone
        ecall
        bltz    a0, wrong
        ret
wait:
        li      a0, -1
        la      a1, status
        li      a2, 0
        li      a3, 0
        li      a7, SYS_wait4
        ecall
        bltz    a0, wrong
        lw      t0, status
        bnez    t0, wrong
        ret

wrong:
        li      a0, 1
exit:
        li      a7, SYS_exit
        ecall

        .data
requests: .word 0, 0
answers: .word  0, 0
word:   .dword  0
answer: .dword  0
status: .dword  0
