/* What the programs that take steps have in common: the system calls, by the number of a step. */

enum { CLONE = CHOOSE(220, 56), WAIT4 = CHOOSE(260, 61), KILL = CHOOSE(129, 62), BRK = CHOOSE(214, 12) };
enum { YIELD = CHOOSE(124, 24), MINCORE = CHOOSE(232, 27), GETPID = CHOOSE(172, 39) };

static const int calls[] = {
    CHOOSE(222, 9),   /* 0 mmap */
    CHOOSE(215, 11),  /* 1 munmap */
    CHOOSE(226, 10),  /* 2 mprotect */
    CHOOSE(233, 28),  /* 3 madvise */
    CHOOSE(228, 149), /* 4 mlock */
    CHOOSE(229, 150), /* 5 munlock */
    CHOOSE(284, 325), /* 6 mlock2 */
    CHOOSE(230, 151), /* 7 mlockall */
    CHOOSE(231, 152), /* 8 munlockall */
    CHOOSE(227, 26),  /* 9 msync */
    CHOOSE(98, 202),  /* 10 futex */
    MINCORE,          /* 11 mincore */
    READ,             /* 12 read */
    WRITE,            /* 13 write */
    KILL,             /* 14 kill */
    WAIT4,            /* 15 wait4 */
    CHOOSE(221, 59),  /* 16 execve */
    CHOOSE(56, 257),  /* 17 openat */
    CHOOSE(46, 77),   /* 18 ftruncate */
    CHOOSE(67, 17),   /* 19 pread64 */
    CHOOSE(68, 18),   /* 20 pwrite64 */
    CHOOSE(62, 8),    /* 21 lseek */
    CHOOSE(216, 25),  /* 22 mremap */
    CHOOSE(270, 310), /* 23 process_vm_readv */
    CHOOSE(271, 311), /* 24 process_vm_writev */
    CHOOSE(75, 278),  /* 25 vmsplice */
    CHOOSE(59, 293),  /* 26 pipe2 */
    CHOOSE(57, 3),    /* 27 close */
    CHOOSE(77, 276),  /* 28 tee */
};
