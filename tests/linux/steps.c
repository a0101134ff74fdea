/* Carries out steps that it reads from standard input and prints what each gave, so that the same steps can be taken on
   Linux and here. One program for both machines, without a library; a step is eight 8-byte numbers. */

#include "machine.h"
#include "calls.h"

enum { GETPPID = CHOOSE(173, 110), SETPGID = CHOOSE(154, 109), SETSID = CHOOSE(157, 112) };
enum { GETPGID = CHOOSE(155, 121), GETSID = CHOOSE(156, 124) };

enum Op { END, CALL, PEEK, POKE, FORK, GROW, RESIDENT, SPAWN, SIGNAL, WAIT, GROUP, FAMILY, WORD };
enum { SELF = 0x5e1f }; /* in the place of a pid: the process itself */
enum Kind { EXITS, SPINS, STOPS };

struct step { i64 op, a[7]; };
static struct step steps[4096];
static i64 pids[16], heap;
static i64 forked(i64 flags) { return sys(CLONE, flags, 0, 0, 0, 0, 0); }
static i64 status_of(i64 pid) {
    int status = -1;
    i64 found = sys(WAIT4, pid, (i64)&status, 0, 0, 0, 0);
    return found == pid ? status : found;
}

/* What an access gives: the status of a child that makes it. */
static i64 tried(volatile u8 *place, int stores, i64 value) {
    i64 pid = forked(17);
    if (pid == 0) {
        if (stores) *place = value;
        leave(stores ? 0 : *place & 0x7f);
    }
    return status_of(pid);
}

static void child_of(i64 kind, i64 value) {
    if (kind == EXITS) leave(value);
    if (kind == STOPS) {
        sys(KILL, sys(GETPID, 0, 0, 0, 0, 0, 0), value, 0, 0, 0, 0);
        leave(7);
    }
    for (;;) sys(YIELD, 0, 0, 0, 0, 0, 0);
}

/* Name the pid of a child by its slot, this process by 100. */
static i64 name_of(i64 pid) {
    for (int i = 0; i < 16; i++) if (pids[i] == pid && pid > 0) return i + 1;
    return pid == sys(GETPID, 0, 0, 0, 0, 0, 0) ? 100 : pid;
}

static void take(struct step *step) {
    i64 *a = step->a;
    int status = -1;
    switch (step->op) {
    case WORD: *(volatile i64 *)a[0] = a[1]; put("word"); break;
    case CALL:
        if (a[1] == SELF) a[1] = sys(GETPID, 0, 0, 0, 0, 0, 0);
        put("call"); put_number(sys(calls[a[0]], a[1], a[2], a[3], a[4], a[5], a[6])); break;
    case PEEK: put("peek"); put_number(tried((u8 *)a[0], 0, 0)); break;
    case POKE: {
        i64 found = tried((u8 *)a[0], 1, a[1]);
        if (found == 0) *(volatile u8 *)a[0] = a[1];
        put("poke"); put_number(found);
        break;
    }
    case GROW: put("grow"); put_number(sys(BRK, heap + a[0], 0, 0, 0, 0, 0) - heap); break;
    case RESIDENT: {
        u8 there[64];
        for (int i = 0; i < 64; i++) there[i] = 7;
        put("resident"); put_number(sys(MINCORE, a[0], a[1], (i64)there, 0, 0, 0));
        for (u64 i = 0; i < (u64)a[1] / 4096; i++) put_number(there[i]);
        break;
    }
    case SPAWN: {
        i64 pid = forked(a[1]);
        if (pid == 0) child_of(a[2], a[3]);
        pids[a[0]] = pid;
        put("spawn"); put_number(pid < 0 ? pid : 0);
        break;
    }
    case SIGNAL: put("signal"); put_number(sys(KILL, a[2] ? -pids[a[0]] : pids[a[0]], a[1], 0, 0, 0, 0)); break;
    case WAIT:
        put("wait");
        put_number(name_of(sys(WAIT4, a[0] < 0 ? a[0] : a[2] ? -pids[a[0]] : pids[a[0]], (i64)&status, a[1], 0, 0, 0)));
        put_number(status);
        break;
    case GROUP: put("group"); put_number(sys(SETPGID, pids[a[0]], a[1] < 0 ? a[1] : pids[a[1]], 0, 0, 0, 0)); break;
    case FAMILY: put("family"); put_number(name_of(sys(GETPGID, pids[a[0]], 0, 0, 0, 0, 0))); break;
    }
}

__attribute__((used)) void begin(void) {
    u64 size = 0;
    i64 got;
    while ((got = sys(READ, 0, (i64)steps + size, sizeof steps - size, 0, 0, 0)) > 0) size += got;
    int count = size / sizeof *steps;
    heap = sys(BRK, 0, 0, 0, 0, 0, 0);
    for (int i = 0; i < count; i++) {
        if (steps[i].op == END) leave(0);
        if (steps[i].op == FORK) {
            i64 pid = forked(17);
            if (pid == 0) continue;
            put("joined"); put_number(status_of(pid));
            for (int deep = 1; deep; deep -= steps[i].op == END) deep += steps[++i].op == FORK;
        } else {
            take(steps + i);
        }
        end_line();
    }
    leave(0);
}
