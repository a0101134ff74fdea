/* growing_stack: memory that grows down to whoever reaches below it, but not close to what is there already.
 *
 * A region of MAP_GROWSDOWN is one page. A recursion with its frames there goes on for 200 pages, each mapped by the
 * fault of its first store, and the region has grown as far. Then regions stand at some distance below another one: it
 * grows up to a gap of 256 pages before memory that can be used, and right up to memory that grants nothing, or grows
 * down itself (Linux, stack_guard_gap). Memory that no fault asks for, as by another process, does not grow.
 */

#include "both.h"

enum { GAP = 256, READ_WRITE = PROT_READ | PROT_WRITE, FIXED = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED };

static u8 *const base = (u8 *)0x2000000000;

static i64 place(u8 *at, i64 pages, int prot, int more) {
    return CALL6(mmap, at, pages * PAGE, prot, FIXED | more, -1, 0);
}

/* Return what ends a child that stores there: 0, or a signal. */
static int store(u8 *at) {
    i64 pid = fork();
    if (pid == 0) {
        *(volatile u8 *)at = 1;
        leave(0);
    }
    return wait_for(pid) & 127;
}

/* Use a page of stack for each step; return how many there were. */
static i64 deep(u8 *stack, i64 left) {
    *(volatile i64 *)stack = left;
    i64 found = left ? 1 + deep(stack - PAGE, left - 1) : 0;
    return *(volatile i64 *)stack == left ? found : -1000;
}

static void line(const char *what, i64 found) {
    say(what);
    say(": ");
    say_number(found);
    say("\n");
}

/* Let a region end `distance` pages below one that grows, and say how near the latter comes. */
static void beside(const char *what, i64 distance, int prot, int more) {
    static const i64 probes[] = {1, 2, GAP - 1, GAP, GAP + 1};
    u8 *stack = base + 4096 * PAGE;
    CALL2(munmap, base, 5000l * PAGE);
    place(stack, 1, READ_WRITE, MAP_GROWSDOWN);
    place(stack - (distance + 1) * PAGE, 1, prot, more);
    say(what);
    say_number(distance);
    say(" pages below:");
    for (int i = 0; i < 5; i++) {
        i64 up = probes[i];
        if (up <= distance) {
            say(" ");
            say_number(up);
            say(store(stack - (distance - up) * PAGE - PAGE) ? "-" : "+");
        }
    }
    say("\n");
}

int main(void) {
    u8 *stack = base + 4096 * PAGE;
    place(stack, 1, READ_WRITE, MAP_GROWSDOWN);
    line("grown", deep(stack, 200));
    line("mapped without a hole", CALL3(msync, stack - 200 * PAGE, 201 * PAGE, 4));
    line("and not below", CALL3(msync, stack - 201 * PAGE, PAGE, 4));
    line("it may be cut", CALL2(munmap, stack - 100 * PAGE, PAGE));
    line("then each part grows: a store to the hole", store(stack - 100 * PAGE));
    struct iovec here = {base + 4096 * PAGE, 8}, there = {stack - 300 * PAGE, 8};
    line("another process makes nothing grow", CALL6(process_vm_writev, CALL0(getpid), &here, 1, &there, 1, 0));
    line("a store far below", store(stack - 1500 * PAGE));
    line("a store beyond 8 MiB", store(stack - 2300 * PAGE));
    static const i64 distances[] = {1, 200, GAP, GAP + 1, 400};
    for (int i = 0; i < 5; i++) {
        beside("memory ", distances[i], READ_WRITE, 0);
        beside("memory that grants nothing ", distances[i], PROT_NONE, 0);
        beside("memory that grows down ", distances[i], READ_WRITE, MAP_GROWSDOWN);
    }
    CALL2(munmap, base, 5000l * PAGE);
    place(stack, 1, READ_WRITE, MAP_GROWSDOWN);
    i64 near = (i64)stack - 9 * PAGE;
    line("nobody is placed near it", CALL6(mmap, near, PAGE, READ_WRITE, FIXED & ~MAP_FIXED, -1, 0) == near);
    line("but who insists is", CALL6(mmap, near, PAGE, READ_WRITE, FIXED, -1, 0) == near);
    return 0;
}
