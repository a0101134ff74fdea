/* Carries out steps that it reads from standard input, each in the thread that the step names, and prints what each gave.
   Three threads hand a baton on: which step is next. A step is eight 8-byte numbers; the first is what to do, and 256
   times the number of the thread. A child that one of them forks takes all its steps itself. */

#include "machine.h"
#include "calls.h"

enum { FUTEX = CHOOSE(98, 202), SIGACTION = CHOOSE(134, 13), EXIT_GROUP = CHOOSE(94, 231), SET_TID = CHOOSE(96, 218) };
enum { UC_PC = CHOOSE(176, 168), SA_RESTORER = CHOOSE(0, 0x04000000), SEGV = 11, BUS = 7, PIPE = 13, TERM = 15 };
enum { THREAD = 0x350f00, STACK = 16384, THREADS = 3, FUTEX_WAIT = 0, FUTEX_WAKE = 1 };

enum Op { END, CALL, PEEK, POKE, FORK, GROW, START, LEAVE, JOIN, CROWD };
enum Crowd { FIRST_LEAVES, OTHER_LEAVES, OTHER_ENDS_ALL, OTHER_CRASHES, OTHER_KILLS, OTHER_KILLS_ALONE };

struct step { i64 op, a[7]; };
static struct step steps[4096];
static volatile int baton;
static volatile int tids[THREADS + 1];       /* 0 where there is none; the last one is that of a crowd */
static u8 stacks[THREADS + 1][STACK] __attribute__((aligned(16)));
static i64 heap, refused;
static int alone;                            /* in a child */
static i64 crowd_kind, crowd_value;
static volatile int first_here;

/* An access to a byte, which a handler may make return -1: what the signal was is in `refused`. */
i64 tried(void *place, i64 stores, i64 value);
extern u8 give_up[];
i64 start_thread(i64 flags, void *stack, volatile int *told, volatile int *x86_cleared, volatile int *cleared);
#ifdef __riscv
struct action { void *handler; u64 flags, mask; };
asm("tried: beqz a1, 1f\n sb a2, 0(a0)\n li a0, 0\n ret\n1: lbu a0, 0(a0)\n ret\ngive_up: li a0, -1\n ret\n");
asm("start_thread: li a7, 220\n ecall\n bnez a0, 1f\n ld a0, 0(sp)\n call thread\n1: ret\n");
#else
struct action { void *handler; u64 flags; void *restorer; u64 mask; };
asm("restorer: mov $15, %eax\n syscall\n");
extern u8 restorer[];
asm("tried: test %rsi, %rsi\n je 1f\n movb %dl, (%rdi)\n xor %eax, %eax\n ret\n1: movzbl (%rdi), %eax\n ret\n"
    "give_up: mov $-1, %rax\n ret\n");
asm("start_thread: mov %rcx, %r10\n mov $56, %eax\n syscall\n test %rax, %rax\n jne 1f\n mov (%rsp), %rdi\n"
    " call thread\n1: ret\n");
#endif

static void handler(int signal, u8 *info, u8 *context) {
    refused = signal * 16 + *(int *)(info + 8);
    *(u8 **)(context + UC_PC) = give_up;
}

static void handle(int signal, void *how) {
    struct action new = {how, 4 | SA_RESTORER};
#ifndef __riscv
    new.restorer = restorer;
#endif
    new.mask = 0;
    sys(SIGACTION, signal, (i64)&new, 0, 8, 0, 0);
}

static i64 start(i64 number) {
    i64 *top = (i64 *)(stacks[number] + STACK - 16);
    *top = number;
    i64 tid = start_thread(THREAD, top, tids + number, tids + number, tids + number);
    return tid < 0 ? tid : 0;
}

static void join(volatile int *word) {
    for (int tid; (tid = *word);) sys(FUTEX, (i64)word, FUTEX_WAIT, tid, 0, 0, 0);
}

static i64 status_of(i64 pid) {
    int status = -1;
    i64 found = sys(WAIT4, pid, (i64)&status, 0, 0, 0, 0);
    return found == pid ? status : found;
}

/* How a process of two threads ends: the first one here, the other one in `crowd`. */
static i64 crowded(i64 kind, i64 first, i64 other) {
    i64 pid = sys(CLONE, 17, 0, 0, 0, 0, 0);
    if (pid) return status_of(pid);
    handle(SEGV, 0);
    crowd_kind = kind;
    crowd_value = other;
    first_here = 1;
    sys(SET_TID, (i64)&first_here, 0, 0, 0, 0, 0);
    start(THREADS);
    if (kind == OTHER_LEAVES) join(tids + THREADS);
    if (kind == OTHER_ENDS_ALL || kind == OTHER_CRASHES || kind == OTHER_KILLS) for (;;) sys(YIELD, 0, 0, 0, 0, 0, 0);
    leave(first);
    return 0;
}

static void crowd(void) {
    if (crowd_kind == FIRST_LEAVES || crowd_kind == OTHER_KILLS_ALONE) join(&first_here);
    if (crowd_kind == OTHER_ENDS_ALL) sys(EXIT_GROUP, crowd_value, 0, 0, 0, 0, 0);
    if (crowd_kind == OTHER_CRASHES) *(volatile u8 *)8 = 1;
    if (crowd_kind >= OTHER_KILLS) sys(KILL, sys(GETPID, 0, 0, 0, 0, 0, 0), crowd_value & 1 ? 9 : TERM, 0, 0, 0, 0);
    leave(crowd_value);
}

static void put_access(u8 *place, int stores, i64 value) {
    refused = 0;
    i64 found = tried(place, stores, value);
    put_number(refused ? -refused : found);
}

static void take(struct step *step) {
    i64 *a = step->a;
    switch (step->op & 255) {
    case CALL: put("call"); put_number(sys(calls[a[0]], a[1], a[2], a[3], a[4], a[5], a[6])); break;
    case PEEK: put("peek"); put_access((u8 *)a[0], 0, 0); break;
    case POKE: put("poke"); put_access((u8 *)a[0], 1, a[1]); break;
    case GROW: put("grow"); put_number(sys(BRK, heap + a[0], 0, 0, 0, 0, 0) - heap); break;
    case START: put("start"); put_number(start(a[0])); break;
    case JOIN: put("join"); join(tids + a[0]); break;
    case CROWD: put("crowd"); put_number(crowded(a[0], a[1], a[2])); break;
    }
}

static void pass_on(int next) {
    baton = next;
    sys(FUTEX, (i64)&baton, FUTEX_WAKE, 1000, 0, 0, 0);
}

/* Take the steps of a thread. Those with an odd number sleep meanwhile, the others go round. */
static void run(i64 number) {
    for (;;) {
        int now = baton;
        struct step *step = steps + now;
        if (step->op >> 8 != number && !alone) {
            if (number & 1) sys(FUTEX, (i64)&baton, FUTEX_WAIT, now, 0, 0, 0);
            else sys(YIELD, 0, 0, 0, 0, 0, 0);
            continue;
        }
        int op = step->op & 255;
        if (op == END) sys(alone ? EXIT : EXIT_GROUP, 0, 0, 0, 0, 0, 0);
        if (op == LEAVE) {
            put("leave"); end_line();
            pass_on(now + 1);
            leave(0);
        }
        if (op == FORK) {
            i64 pid = sys(CLONE, 17, 0, 0, 0, 0, 0);
            if (pid == 0) {
                alone = 1;
                baton = now + 1;
                continue;
            }
            put("joined"); put_number(status_of(pid));
            for (int deep = 1; deep; deep -= (steps[now].op & 255) == END) deep += (steps[++now].op & 255) == FORK;
        } else {
            take(step);
        }
        end_line();
        pass_on(now + 1);
    }
}

__attribute__((used)) void thread(i64 number) {
    if (number == THREADS) crowd();
    run(number);
}

__attribute__((used)) void begin(void) {
    u64 size = 0;
    i64 got;
    while ((got = sys(READ, 0, (i64)steps + size, sizeof steps - size, 0, 0, 0)) > 0) size += got;
    heap = sys(BRK, 0, 0, 0, 0, 0, 0);
    handle(SEGV, handler);
    handle(BUS, handler);
    handle(PIPE, (void *)1); /* SIG_IGN */
    run(0);
}
