/* Carries out steps on signals that it reads from standard input, and prints what each gave and which handlers ran, with
   what they found. A step is seven 8-byte numbers. */

#include "machine.h"

enum { KILL = CHOOSE(129, 62), TGKILL = CHOOSE(131, 234), GETPID = CHOOSE(172, 39), GETTID = CHOOSE(178, 186) };
enum { SIGACTION = CHOOSE(134, 13), SIGPROCMASK = CHOOSE(135, 14), SIGPENDING = CHOOSE(136, 127) };
enum { SIGTIMEDWAIT = CHOOSE(137, 128), SIGQUEUEINFO = CHOOSE(138, 129), SIGSUSPEND = CHOOSE(133, 130) };
enum { SIGALTSTACK = CHOOSE(132, 131), MMAP = CHOOSE(222, 9), MPROTECT = CHOOSE(226, 10) };
enum { UC_MASK = CHOOSE(40, 296), SA_RESTORER = CHOOSE(0, 0x04000000), PAGE = 4096, STACK = 65536 };

enum Op { END, ACTION, MASK, RAISE, RAISE_THREAD, QUEUE, PENDING, SUSPEND, TIMEDWAIT, ALTSTACK, STORE, INNER };

struct step { i64 op, a[6]; };
static struct step steps[4096];
static i64 inner[65];            /* what the handler of a signal sends next time */
static u8 stack[STACK];
static u8 *page;

#ifdef __riscv
struct action { void *handler; u64 flags, mask; };
#else
struct action { void *handler; u64 flags; void *restorer; u64 mask; };
asm("restorer: mov $15, %eax\n syscall\n");
extern u8 restorer[];
#endif

static u64 mask_now(void) {
    u64 now = 0;
    sys(SIGPROCMASK, 0, 0, (i64)&now, 8, 0, 0);
    return now;
}

static i64 queue(i64 signal, i64 value) {
    u8 info[128] __attribute__((aligned(8))) = {0};
    *(int *)(info + 8) = -1;
    *(i64 *)(info + 24) = value;
    return sys(SIGQUEUEINFO, sys(GETPID, 0, 0, 0, 0, 0, 0), signal, (i64)info, 0, 0, 0);
}

static void handler(int signal, u8 *info, u8 *context) {
    u8 here;
    put("  begins");
    put_number(signal);
    put_number(*(int *)(info + 8));
    if (*(int *)(info + 8) == -1) put_number(*(i64 *)(info + 24));
    put_number(mask_now());
    put_number(*(u64 *)(context + UC_MASK));
    put_number(&here >= stack && &here < stack + STACK);
    if (signal == 11) {
        put_number(*(i64 *)(info + 16) - (i64)page);
        sys(MPROTECT, (i64)page, PAGE, 3, 0, 0, 0);
    }
    end_line();
    i64 more = inner[signal];
    inner[signal] = 0;
    if (more) sys(KILL, sys(GETPID, 0, 0, 0, 0, 0, 0), more, 0, 0, 0, 0);
    put("  ends");
    put_number(signal);
    end_line();
}

static void take(struct step *step) {
    i64 *a = step->a;
    u64 set = a[1], found = 0;
    i64 times[2] = {0, 0};
    switch (step->op) {
    case ACTION: {
        struct action new, old;
        new.handler = a[1] & 2 ? handler : (void *)(a[1] & 1);
        new.flags = (a[1] & ~3) | 4 | SA_RESTORER;
#ifndef __riscv
        new.restorer = restorer;
#endif
        new.mask = a[2];
        put("action"); put_number(sys(SIGACTION, a[0], (i64)&new, (i64)&old, 8, 0, 0));
        put_number(old.handler == handler ? 2 : (i64)old.handler); put_number(old.mask);
        break;
    }
    case MASK: put("mask"); put_number(sys(SIGPROCMASK, a[0], (i64)&set, 0, 8, 0, 0)); put_number(mask_now()); break;
    case RAISE: put("raise"); put_number(sys(KILL, sys(GETPID, 0, 0, 0, 0, 0, 0), a[0], 0, 0, 0, 0)); break;
    case RAISE_THREAD: {
        i64 pid = sys(GETPID, 0, 0, 0, 0, 0, 0);
        put("thread"); put_number(sys(TGKILL, pid, sys(GETTID, 0, 0, 0, 0, 0, 0), a[0], 0, 0, 0));
        break;
    }
    case QUEUE: put("queue"); put_number(queue(a[0], a[1])); break;
    case PENDING: put("pending"); put_number(sys(SIGPENDING, (i64)&found, 8, 0, 0, 0, 0)); put_number(found); break;
    case SUSPEND: put("suspend"); put_number(sys(SIGSUSPEND, (i64)&set, 8, 0, 0, 0, 0)); put_number(mask_now()); break;
    case TIMEDWAIT: {
        u8 info[128] __attribute__((aligned(8))) = {0};
        put("wait"); put_number(sys(SIGTIMEDWAIT, (i64)&set, (i64)info, (i64)times, 8, 0, 0));
        put_number(*(int *)(info + 8));
        if (*(int *)(info + 8) == -1) put_number(*(i64 *)(info + 24));
        break;
    }
    case ALTSTACK: {
        struct { u8 *start; int flags; u64 size; } new = {stack, a[0], a[1]}, old = {0, 0, 0};
        put("stack"); put_number(sys(SIGALTSTACK, (i64)&new, (i64)&old, 0, 0, 0, 0));
        put_number(old.start == stack); put_number(old.flags); put_number(old.size);
        break;
    }
    case STORE:
        if (a[0]) sys(MPROTECT, (i64)page, PAGE, 1, 0, 0, 0);
        page[a[1]] += 1;
        put("store"); put_number(page[a[1]]);
        break;
    case INNER: inner[a[0]] = a[1]; put("inner"); break;
    }
}

__attribute__((used)) void begin(void) {
    u64 size = 0;
    i64 got;
    while ((got = sys(READ, 0, (i64)steps + size, sizeof steps - size, 0, 0, 0)) > 0) size += got;
    page = (u8 *)sys(MMAP, 0, PAGE, 3, 0x22, -1, 0);
    for (struct step *step = steps; step->op != END; step++) {
        take(step);
        end_line();
    }
    leave(0);
}
