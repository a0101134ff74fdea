/* What a C program needs that has no library and runs on Linux, on RISC-V and on x86-64: system calls, and a way to say
   what it found. `main` is called with an aligned stack; what it returns is the exit status. */

typedef long i64;
typedef unsigned long u64;
typedef unsigned char u8;

#ifdef __riscv
#define NUMBER(riscv, x86) riscv
static i64 sys(i64 number, i64 a, i64 b, i64 c, i64 d, i64 e, i64 f) {
    register i64 a7 asm("a7") = number, a0 asm("a0") = a, a1 asm("a1") = b, a2 asm("a2") = c;
    register i64 a3 asm("a3") = d, a4 asm("a4") = e, a5 asm("a5") = f;
    asm volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
    return a0;
}
asm(".globl _start\n_start: andi sp, sp, -16\n call main\n li a7, 94\n ecall\n");
#else
#define NUMBER(riscv, x86) x86
static i64 sys(i64 number, i64 a, i64 b, i64 c, i64 d, i64 e, i64 f) {
    i64 result;
    register i64 r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return result;
}
asm(".globl _start\n_start: and $-16, %rsp\n call main\n mov %eax, %edi\n mov $231, %eax\n syscall\n");
#endif

#define CALL0(name) sys(SYS_##name, 0, 0, 0, 0, 0, 0)
#define CALL1(name, a) sys(SYS_##name, (i64)(a), 0, 0, 0, 0, 0)
#define CALL2(name, a, b) sys(SYS_##name, (i64)(a), (i64)(b), 0, 0, 0, 0)
#define CALL3(name, a, b, c) sys(SYS_##name, (i64)(a), (i64)(b), (i64)(c), 0, 0, 0)
#define CALL4(name, a, b, c, d) sys(SYS_##name, (i64)(a), (i64)(b), (i64)(c), (i64)(d), 0, 0)
#define CALL5(name, a, b, c, d, e) sys(SYS_##name, (i64)(a), (i64)(b), (i64)(c), (i64)(d), (i64)(e), 0)
#define CALL6(name, a, b, c, d, e, f) sys(SYS_##name, (i64)(a), (i64)(b), (i64)(c), (i64)(d), (i64)(e), (i64)(f))

enum {
    SYS_close = NUMBER(57, 3),
    SYS_pipe2 = NUMBER(59, 293),
    SYS_read = NUMBER(63, 0),
    SYS_write = NUMBER(64, 1),
    SYS_vmsplice = NUMBER(75, 278),
    SYS_exit_group = NUMBER(94, 231),
    SYS_ptrace = NUMBER(117, 101),
    SYS_kill = NUMBER(129, 62),
    SYS_sched_yield = NUMBER(124, 24),
    SYS_getpid = NUMBER(172, 39),
    SYS_brk = NUMBER(214, 12),
    SYS_munmap = NUMBER(215, 11),
    SYS_mremap = NUMBER(216, 25),
    SYS_clone = NUMBER(220, 56),
    SYS_mmap = NUMBER(222, 9),
    SYS_mprotect = NUMBER(226, 10),
    SYS_msync = NUMBER(227, 26),
    SYS_mlock = NUMBER(228, 149),
    SYS_munlock = NUMBER(229, 150),
    SYS_mlockall = NUMBER(230, 151),
    SYS_mincore = NUMBER(232, 27),
    SYS_madvise = NUMBER(233, 28),
    SYS_wait4 = NUMBER(260, 61),
    SYS_process_vm_readv = NUMBER(270, 310),
    SYS_process_vm_writev = NUMBER(271, 311),
    SYS_mlock2 = NUMBER(284, 325),
};

enum { PAGE = 4096, HUGE = 2 << 20 };
enum { PROT_NONE, PROT_READ, PROT_WRITE, PROT_EXEC = 4 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_GROWSDOWN = 0x100 };
enum { MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MREMAP_DONTUNMAP = 4 };
enum { MADV_DONTNEED = 4, MADV_DONTFORK = 10, MADV_DOFORK = 11, MADV_HUGEPAGE = 14 };
enum { SIGCHLD = 17 };

struct iovec { void *base; u64 length; };

static u64 length_of(const char *text) {
    u64 length = 0;
    while (text[length]) length++;
    return length;
}

static void say(const char *text) { CALL3(write, 1, text, length_of(text)); }

/* Say a number, in decimal. */
static void say_number(i64 value) {
    char digits[24];
    int at = 24;
    u64 rest = value < 0 ? -(u64)value : value;
    do digits[--at] = '0' + rest % 10; while (rest /= 10);
    if (value < 0) digits[--at] = '-';
    CALL3(write, 1, digits + at, 24 - at);
}

static void leave(int status) { for (;;) CALL1(exit_group, status); }

/* Return 0 in the child. */
static i64 fork(void) { return CALL5(clone, SIGCHLD, 0, 0, 0, 0); }

/* Return the status of a child that has ended. */
static int wait_for(i64 pid) {
    int status = -1;
    CALL4(wait4, pid, &status, 0, 0);
    return status;
}

/* Return new private memory of zeros; an error is a small negative number. */
static u8 *map(u64 size) {
    return (u8 *)CALL6(mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
