/* Handlers as C programs have them: what they find in siginfo_t and ucontext_t, and what comes of changing it. */

typedef long i64;
typedef unsigned long u64;

static i64 sys(i64 n, i64 a, i64 b, i64 c, i64 d, i64 e, i64 f) {
    register i64 a7 asm("a7") = n, a0 asm("a0") = a, a1 asm("a1") = b, a2 asm("a2") = c;
    register i64 a3 asm("a3") = d, a4 asm("a4") = e, a5 asm("a5") = f;
    asm volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
    return a0;
}
enum { WRITE = 64, EXIT = 93, KILL = 129, SIGALTSTACK = 132, SIGACTION = 134, GETPID = 172, MMAP = 222, MPROTECT = 226 };
enum { SIGILL = 4, SIGTRAP = 5, SIGUSR1 = 10, SIGSEGV = 11, SA_SIGINFO = 4, SA_ONSTACK = 0x08000000 };

struct siginfo { int signal, error, code, pad; u64 address; char rest[104]; };
struct stack { void *start; int flags; u64 size; };
struct ucontext {
    u64 flags;
    struct ucontext *next;
    struct stack stack;
    u64 mask;
    char room[120];
    u64 registers[32] __attribute__((aligned(16))); /* pc, x1, ..., x31 */
};
struct action { void *handler; u64 flags, mask; };

static char text[256];
static char stack[16384];
static char *page;
static int count;

static void say(const char *words, i64 number) {
    int length = 0;
    while (*words) text[length++] = *words++;
    text[length++] = ' ';
    if (number < 0) text[length++] = '-', number = -number;
    char digits[24];
    int places = 0;
    do digits[places++] = '0' + number % 10; while (number /= 10);
    while (places) text[length++] = digits[--places];
    text[length++] = '\n';
    sys(WRITE, 1, (i64)text, length, 0, 0, 0);
}

static void handler(int signal, struct siginfo *info, struct ucontext *context) {
    char here;
    say("signal", signal);
    say("the same in siginfo", info->signal);
    say("code", info->code);
    say("on the stack of its own", &here >= stack && &here < stack + sizeof stack);
    say("that stack's size", context->stack.size);
    say("s1", context->registers[9]);
    count++;
    if (signal == SIGSEGV) {
        say("offset", info->address - (u64)page);
        if (count % 2) sys(MPROTECT, (i64)page, 4096, 3, 0, 0, 0);
        else context->registers[0] += 4; /* pass over the store */
    }
    if (signal == SIGTRAP || signal == SIGILL) {
        say("its own address", info->address == context->registers[0]);
        context->registers[0] += 4;
        context->registers[9] = 77;
    }
}

static void handle(int signal, u64 flags) {
    struct action action = {handler, SA_SIGINFO | flags, 0};
    say("sigaction", sys(SIGACTION, signal, (i64)&action, 0, 8, 0, 0));
}

__attribute__((used)) void begin(void) {
    struct stack own = {stack, 0, sizeof stack};
    page = (char *)sys(MMAP, 0, 4096, 1, 0x22, -1, 0);
    say("sigaltstack", sys(SIGALTSTACK, (i64)&own, 0, 0, 0, 0, 0));
    handle(SIGSEGV, SA_ONSTACK);
    handle(SIGTRAP, 0);
    handle(SIGILL, SA_ONSTACK);
    handle(SIGUSR1, SA_ONSTACK);

    register i64 s1 asm("s1") = 41;
    asm volatile("sb %1, 5(%0)" : : "r"(page), "r"(s1) : "memory");
    say("stored", page[5]);
    sys(MPROTECT, (i64)page, 4096, 1, 0, 0, 0);
    s1 = 42;
    asm volatile("sb %1, 6(%0)" : : "r"(page), "r"(s1) : "memory");
    say("passed over", page[6]);
    s1 = 43;
    asm volatile("ebreak" : "+r"(s1) : : "memory");
    say("s1 is", s1);
    s1 = 44;
    asm volatile(".word 0xffffffff" : "+r"(s1) : : "memory");
    say("s1 is", s1);
    s1 = 45;
    sys(KILL, sys(GETPID, 0, 0, 0, 0, 0, 0), SIGUSR1, 0, 0, 0, 0);
    say("s1 is", s1);
    sys(EXIT, count, 0, 0, 0, 0, 0);
}
asm(".globl _start\n_start: .option push\n.option norelax\nla gp, __global_pointer$\n.option pop\n andi sp, sp, -16\n j begin\n");
