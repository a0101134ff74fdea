/* cow_shapes: who sees a write after a fork, whatever holds the page.
 *
 * One side writes, the other looks: at its own memory, or into a pipe that a page was lent to by vmsplice (F61). It has
 * to find the old bytes, whether the memory is one small page, a huge page, or what is left of one that was cut, moved
 * in part or shared in part, and whatever mprotect did meanwhile (F1, F3, F4, F44, F112, F117). The last lines tell of
 * pages that nobody has written: the page of zeros stays zeros for all others (F6).
 */

#include "both.h"

enum { OLD = 7, NEW = 9 };

static int to_child[2], to_parent[2], lent[2];

static void tell(int *pipe) { u8 byte = 1; CALL3(write, pipe[1], &byte, 1); }
static void await(int *pipe) { u8 byte; CALL3(read, pipe[0], &byte, 1); }

static void fill(u8 *memory, u64 size, u8 value) {
    for (u64 at = 0; at < size; at += PAGE) memory[at] = memory[at + PAGE - 1] = value;
}

/* Return OLD, NEW, or 1 for a mixture. */
static int look(const u8 *memory, u64 size) {
    u8 first = memory[0];
    for (u64 at = 0; at < size; at += PAGE) if (memory[at] != first || memory[at + PAGE - 1] != first) return 1;
    return first;
}

/* Take the pages that were lent out of the pipe. */
static int look_into_pipe(u64 size) {
    static u8 page[PAGE];
    int found = 0;
    for (u64 at = 0; at < size; at += PAGE) {
        for (u64 got = 0; got < PAGE;) got += CALL3(read, lent[0], page + got, PAGE - got);
        int here = look(page, PAGE);
        found = at && here != found ? 1 : here;
    }
    return found;
}

static u64 lend(u8 *memory, u64 size) {
    struct iovec piece = {memory, size};
    return CALL4(vmsplice, lent[1], &piece, 1, 0);
}

static void protect_and_back(u8 *memory, u64 size) {
    CALL3(mprotect, memory, size, PROT_READ);
    CALL3(mprotect, memory, size, PROT_READ | PROT_WRITE);
}

/* The child looks at its memory, or first lends it to a pipe and unmaps it; the parent writes. */
static int parent_writes(u8 *memory, u64 size, int lends, int protects) {
    i64 pid = fork();
    if (pid == 0) {
        u64 most = size < 8 * PAGE ? size : 8 * PAGE;
        if (lends) {
            if (lend(memory, most) != most) leave(2);
            CALL2(munmap, memory, size);
        }
        tell(to_parent);
        await(to_child);
        leave(lends ? look_into_pipe(most) : look(memory, size));
    }
    await(to_parent);
    if (protects) protect_and_back(memory, size);
    fill(memory, size, NEW);
    tell(to_child);
    return wait_for(pid) >> 8;
}

/* The parent lends its memory to a pipe, before the fork or after it, and unmaps it; the child writes. */
static int child_writes(u8 *memory, u64 size, int before, int protects) {
    u64 most = size < 8 * PAGE ? size : 8 * PAGE;
    if (before && lend(memory, most) != most) return 2;
    i64 pid = fork();
    if (pid == 0) {
        await(to_child);
        if (protects) protect_and_back(memory, size);
        fill(memory, size, NEW);
        leave(look(memory, size));
    }
    if (!before && lend(memory, most) != most) return 2;
    CALL2(munmap, memory, size);
    tell(to_child);
    if (wait_for(pid) >> 8 != NEW) return 3;
    return look_into_pipe(most);
}

static int run(int kase, u8 *memory, u64 size) {
    int protects = kase & 1;
    if (kase < 4) return parent_writes(memory, size, kase >= 2, protects);
    return child_writes(memory, size, kase < 6, protects);
}

static u8 *aligned_huge(void) {
    u8 *memory = map(2 * HUGE);
    u8 *huge = (u8 *)(((u64)memory + HUGE - 1) & -(u64)HUGE);
    CALL3(madvise, huge, HUGE, MADV_HUGEPAGE);
    fill(huge, HUGE, OLD);
    return huge;
}

/* Make memory of a kind, its bytes OLD; return how large it is. */
static u64 make(int kind, u8 **memory) {
    if (kind == 0) {
        *memory = map(PAGE);
        fill(*memory, PAGE, OLD);
        return PAGE;
    }
    u8 *huge = *memory = aligned_huge();
    if (kind == 1) return HUGE;
    if (kind == 2) {
        protect_and_back(huge + PAGE, PAGE);
        return HUGE;
    }
    if (kind == 3) {
        CALL2(munmap, huge + PAGE, HUGE - PAGE);
        return PAGE;
    }
    if (kind == 4) {
        u8 *there = map(HUGE / 2);
        CALL5(mremap, huge + HUGE / 2, HUGE / 2, HUGE / 2, MREMAP_MAYMOVE | MREMAP_FIXED, there);
        return HUGE / 2;
    }
    CALL3(madvise, huge + HUGE / 2, HUGE / 2, MADV_DONTFORK);
    i64 pid = fork();
    if (pid == 0) leave(0);
    wait_for(pid);
    CALL3(madvise, huge + HUGE / 2, HUGE / 2, MADV_DOFORK);
    return HUGE;
}

static const char *kinds[] = {
    "a page", "a huge page", "a huge page, split", "one page of a huge page",
    "half a huge page, the rest moved", "a huge page, half of it shared before",
};
static const char *cases[] = {
    "the parent writes, the child looks",
    "the same, after mprotect",
    "the child has lent it to a pipe, the parent writes",
    "the same, after mprotect",
    "the parent had lent it to a pipe, the child writes",
    "the same, after mprotect",
    "the parent lends it to a pipe after the fork, the child writes",
    "the same, after mprotect",
};

/* Zeros that nobody has written, mapped twice: a write to one is not seen in the other. */
static int zeros(u64 size) {
    u8 *one = aligned_huge(), *other = aligned_huge();
    CALL3(madvise, one, HUGE, MADV_DONTNEED);
    CALL3(madvise, other, HUGE, MADV_DONTNEED);
    if (look(one, size) || look(other, size)) return 1;
    fill(one, PAGE, NEW);
    return look(other, size);
}

int main(void) {
    CALL2(pipe2, to_child, 0);
    CALL2(pipe2, to_parent, 0);
    for (int kind = 0; kind < 6; kind++) {
        for (int kase = 0; kase < 8; kase++) {
            u8 *memory;
            CALL2(pipe2, lent, 0);
            i64 pid = fork();
            if (pid == 0) {
                u64 size = make(kind, &memory);
                leave(run(kase, memory, size));
            }
            int found = wait_for(pid) >> 8;
            CALL1(close, lent[0]);
            CALL1(close, lent[1]);
            say(kinds[kind]);
            say(": ");
            say(cases[kase]);
            say(found == OLD ? ": old\n" : found == NEW ? ": new\n" : ": wrong\n");
        }
    }
    say("zeros: ");
    say_number(zeros(PAGE));
    say_number(zeros(HUGE));
    say("\n");
    return 0;
}
