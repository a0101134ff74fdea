/* cow_grader: what a course asks of a kernel whose fork copies on write, and what such a kernel may still get wrong.
 *
 * First what is asked of everybody: a process that has most of the memory can fork, twice (F63, F68); three processes
 * write to a part of what they share, and each finds its own bytes (F1, F3, F4); the kernel's own writes, of what is read
 * from a pipe, go to a copy, too (F66). Then what kernels have passed that test with: they let a read of a pipe write to
 * program text or to constants (F2, F66), lose a page when it is written through a call and then by a store, free one that
 * a grandchild still has, or copy again what has one owner left. It takes 5 MiB; run it with 8 (`--memory 8MiB`).
 */

#include "both.h"

enum { MOST = 5 << 20, SHARE = 3 << 19, READ_WRITE = PROT_READ | PROT_WRITE };

static const u64 constant = 7;
static u8 buffer[3 * PAGE] __attribute__((aligned(4096)));

static void line(const char *what, i64 found) {
    say(what);
    say(": ");
    say_number(found);
    say("\n");
}

static void mark(u8 *memory, u64 size, i64 value) {
    for (u64 at = 0; at < size; at += PAGE) *(volatile i64 *)(memory + at) = value;
}

/* Return how many pages do not hold `value`. */
static i64 others(u8 *memory, u64 size, i64 value) {
    i64 found = 0;
    for (u64 at = 0; at < size; at += PAGE) found += *(volatile i64 *)(memory + at) != value;
    return found;
}

/* Fork with most of the memory in use; the child ends at once. */
static i64 simple(void) {
    u8 *memory = map(MOST);
    mark(memory, MOST, 1);
    i64 pid = fork();
    if (pid == 0) leave(others(memory, MOST, 1) != 0);
    i64 found = pid < 0 ? pid : wait_for(pid);
    CALL2(munmap, memory, MOST);
    return found;
}

/* A child writes half, its child most of it, the parent all: each finds what it wrote, and what it left alone. */
static i64 three(void) {
    u8 *memory = map(SHARE);
    mark(memory, SHARE, 1);
    i64 pid = fork();
    if (pid == 0) {
        i64 grandchild = fork();
        if (grandchild == 0) {
            u64 most = SHARE / 8 * 7;
            mark(memory, most, 3);
            CALL0(sched_yield);
            leave(others(memory, most, 3) + others(memory + most, SHARE - most, 1) != 0);
        }
        mark(memory, SHARE / 2, 2);
        CALL0(sched_yield);
        i64 wrong = others(memory, SHARE / 2, 2) + others(memory + SHARE / 2, SHARE / 2, 1);
        leave(wrong || wait_for(grandchild));
    }
    mark(memory, SHARE, 4);
    i64 found = wait_for(pid) + others(memory, SHARE, 4);
    CALL2(munmap, memory, SHARE);
    return found;
}

/* Four children read from a pipe into a page that all share; the parent's stays. */
static i64 by_a_call(void) {
    int ends[2];
    i64 wrong = 0;
    CALL2(pipe2, ends, 0);
    mark(buffer, PAGE, 99);
    for (i64 i = 0; i < 4; i++) {
        CALL3(write, ends[1], &i, sizeof i);
        i64 pid = fork();
        if (pid == 0) {
            CALL3(read, ends[0], buffer, sizeof i);
            leave(*(volatile i64 *)buffer != i);
        }
        wrong += wait_for(pid);
    }
    CALL1(close, ends[0]);
    CALL1(close, ends[1]);
    return wrong + others(buffer, PAGE, 99);
}

/* Return what a read of 8 bytes into `place` gives. */
static i64 read_into(volatile void *place) {
    int ends[2];
    u64 bytes = 5;
    CALL2(pipe2, ends, 0);
    CALL3(write, ends[1], &bytes, sizeof bytes);
    i64 found = CALL3(read, ends[0], place, sizeof bytes);
    CALL1(close, ends[0]);
    CALL1(close, ends[1]);
    return found;
}

/* A page is written by a call in a child, then by a store there, then by its parent. */
static i64 call_and_store(void) {
    mark(buffer, PAGE, 1);
    i64 pid = fork();
    if (pid == 0) {
        if (read_into(buffer) != 8) leave(1);
        ((volatile i64 *)buffer)[1] = 6;
        leave(((volatile i64 *)buffer)[0] != 5 || ((volatile i64 *)buffer)[1] != 6);
    }
    i64 found = wait_for(pid);
    ((volatile i64 *)buffer)[1] = 8;
    return found + others(buffer, PAGE, 1);
}

/* A page goes from hand to hand: each process forks, ends, and leaves it to its child; the last one still has it. */
static i64 handed_down(int generations) {
    int ends[2];
    u8 byte = 0;
    CALL2(pipe2, ends, 0);
    mark(buffer, sizeof buffer, 7);
    i64 pid = fork();
    if (pid == 0) {
        while (generations-- > 0) if (fork() > 0) leave(0);
        for (int i = 0; i < 50; i++) CALL0(sched_yield);
        u8 *other = map(64 * PAGE); /* takes what was wrongly given back */
        mark(other, 64 * PAGE, 8);
        byte = others(buffer, sizeof buffer, 7);
        CALL3(write, ends[1], &byte, 1);
        leave(0);
    }
    wait_for(pid);
    CALL3(read, ends[0], &byte, 1);
    CALL1(close, ends[0]);
    CALL1(close, ends[1]);
    return byte;
}

int main(void) {
    line("simple", simple());
    line("simple, again", simple());
    line("three", three());
    line("three, again", three());
    line("read from a pipe", by_a_call());
    line("read into a constant", read_into(&constant));
    line("the constant", *(const volatile u64 *)&constant);
    line("read into text", read_into((void *)main));
    i64 pid = fork();
    if (pid == 0) leave(read_into(&constant) != -14);
    line("the same, by a child", wait_for(pid));
    line("written by a call, then by a store", call_and_store());
    line("handed down", handed_down(12));
    for (int i = 0; i < 3; i++) line("three, once more", three());
    return 0;
}
