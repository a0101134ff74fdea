/* fork_and_map: the promises of fork and mmap one by one, as a test suite of a Unix goes through them.
 *
 * What fork returns and whose child is whose; what children share and what they do not; how many there can be; what
 * mapped memory grants, where it ends, and what a mapping does that takes the place of another (F1, F60, F67, F70, F77).
 */

#include "both.h"

enum { READ_WRITE = PROT_READ | PROT_WRITE, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };

static int global = 1;

static void line(const char *what, i64 found) {
    say(what);
    say(": ");
    say_number(found);
    say("\n");
}

/* Return what ends a child that loads from `at`, or stores there: 0 or a signal. */
static int access(u8 *at, int stores) {
    i64 pid = fork();
    if (pid == 0) {
        if (stores) *(volatile u8 *)at = 1;
        else (void)*(volatile u8 *)at;
        leave(0);
    }
    return wait_for(pid) & 127;
}

static i64 mmap(void *at, i64 size, int prot, int flags) { return CALL6(mmap, at, size, prot, flags, -1, 0); }

static void forks(void) {
    int local = 2;
    i64 self = CALL0(getpid), pid = fork();
    if (pid == 0) {
        global = 10;
        local = 20;
        leave(CALL0(getpid) == self ? 1 : 42);
    }
    line("a child's status", wait_for(pid) >> 8);
    line("it has another number", pid != self && pid > 0);
    line("what it stored is its own", global == 1 && local == 2);
    line("it cannot be waited for twice", CALL4(wait4, pid, 0, 0, 0));
    i64 sum = 0;
    for (int i = 0; i < 60; i++) {
        pid = fork();
        if (pid == 0) leave(i);
        sum += wait_for(pid) >> 8;
    }
    line("sixty children, one after the other", sum);
    i64 pids[20];
    for (int i = 0; i < 20; i++) {
        pids[i] = fork();
        if (pids[i] == 0) leave(i + 1);
    }
    for (int i = 19; i >= 0; i--) sum += wait_for(pids[i]) >> 8;
    line("twenty at a time", sum);
    u8 *shared = (u8 *)mmap(0, PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS), *private = map(PAGE);
    for (int i = 0; i < 10; i++) {
        pid = fork();
        if (pid == 0) {
            ++*(volatile int *)shared;
            ++*(volatile int *)private;
            leave(*(volatile int *)private);
        }
        sum = wait_for(pid) >> 8;
    }
    line("shared memory, counted by ten children", *(volatile int *)shared);
    line("private memory, counted by the last", sum);
    line("and here", *(volatile int *)private);
    u8 *large = map(24 << 20);
    large[0] = large[(24 << 20) - 1] = 5;
    line("a large and empty mapping is there for a child", access(large + (12 << 20), 1));
}

static void maps(void) {
    u8 *memory = map(5 * PAGE);
    for (int i = 0; i < 5; i++) memory[i * PAGE] = 1 + i;
    line("unmapped in the middle", CALL2(munmap, memory + PAGE, PAGE));
    line("a load there", access(memory + PAGE, 0));
    line("before it", memory[0]);
    line("after it", memory[2 * PAGE]);
    line("unmapped again", CALL2(munmap, memory + PAGE, PAGE));
    line("read-only", CALL3(mprotect, memory + 2 * PAGE, PAGE, PROT_READ));
    line("a store there", access(memory + 2 * PAGE, 1));
    line("a load there", access(memory + 2 * PAGE, 0));
    line("nothing", CALL3(mprotect, memory + 2 * PAGE, PAGE, PROT_NONE));
    line("a load there", access(memory + 2 * PAGE, 0));
    line("granted again", CALL3(mprotect, memory + 2 * PAGE, PAGE, READ_WRITE));
    line("the byte is still there", memory[2 * PAGE]);
    line("beyond the hole", CALL3(mprotect, memory, 3 * PAGE, PROT_READ));
    line("what comes before it is read-only now", access(memory, 1));
    i64 fourth = (i64)memory + 3 * PAGE;
    line("another in its place", mmap((u8 *)fourth, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED) == fourth);
    line("its bytes are zeros", memory[3 * PAGE]);
    line("its neighbour", memory[4 * PAGE]);
    line("of no size", mmap(0, 0, READ_WRITE, ANONYMOUS));
    line("neither shared nor private", mmap(0, PAGE, READ_WRITE, MAP_ANONYMOUS));
    line("a file that is not open", mmap(0, PAGE, READ_WRITE, MAP_PRIVATE));
    line("misplaced", mmap(memory + 1, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED));
    line("the whole of memory", mmap(0, -PAGE, READ_WRITE, ANONYMOUS));
    u8 *zeros = map(2 * PAGE);
    line("zeros", zeros[0] + zeros[2 * PAGE - 1]);
    zeros[0] = 1;
    line("dropped", CALL3(madvise, zeros, PAGE, MADV_DONTNEED));
    line("zeros again", zeros[0]);
    line("not at a page", CALL3(madvise, zeros + 1, PAGE, MADV_DONTNEED));
}

int main(void) {
    forks();
    maps();
    return 0;
}
