/* What C programs ask a system first: each line says what came of it, where that is the same on every system. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ascending(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static long nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(void)
{
    char text[200];
    int numbers[50], ends[2], status, size, total = 0;

    srand(7);
    for (int i = 0; i < 50; i++)
        numbers[i] = rand() % 1000;
    qsort(numbers, 50, sizeof *numbers, ascending);
    for (int i = 1; i < 50; i++)
        if (numbers[i] < numbers[i - 1])
            return 1;
    snprintf(text, sizeof text, "%5.2f|%-8s|%08x|%lld", 3.14159, "ab", 0xbeef, -123456789012345LL);
    puts(text);

    char *block = malloc(1 << 16);
    memset(block, 1, 1 << 16);
    block = realloc(block, 1 << 17);
    printf("realloc %d\n", block[(1 << 16) - 1]);
    free(block);

    struct utsname system;
    printf("uname %d %s %s\n", uname(&system), system.sysname, system.machine);
    long before = nanoseconds(CLOCK_MONOTONIC);
    printf("usleep %d, %d\n", usleep(2000), nanoseconds(CLOCK_MONOTONIC) - before >= 2000000);
    printf("isatty %d, %d\n", isatty(1), errno == ENOTTY);
    fflush(stdout);

    printf("pipe %d\n", pipe(ends));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        dprintf(ends[1], "from the child");
        _exit(3);
    }
    close(ends[1]);
    while ((size = read(ends[0], text + total, sizeof text - 1 - total)) > 0)
        total += size;
    text[total] = 0;
    waitpid(child, &status, 0);
    printf("%s, %d\n", text, WEXITSTATUS(status));

    struct rusage usage;
    struct rlimit limit;
    printf("getrusage %d, %d\n", getrusage(RUSAGE_SELF, &usage), usage.ru_minflt > 0);
    printf("getrlimit %d\n", getrlimit(RLIMIT_NOFILE, &limit));
    printf("dup2 %d\n", dup2(1, 7));
    fflush(stdout);
    dprintf(7, "through 7\n");
    printf("fcntl %d, %d\n", fcntl(0, F_GETFD), fcntl(7, F_SETFD, FD_CLOEXEC));
    printf("getrandom %d\n", (int)getrandom(text, 16, 0));
    FILE *absent = fopen("/nowhere", "r");
    printf("fopen %d, %s\n", absent != NULL, strerror(errno));
    printf("lseek %d, %d\n", (int)lseek(ends[0], 0, SEEK_CUR), errno == ESPIPE);
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    pipe(ends);
    close(ends[0]);
    printf("write %d, %d\n", (int)write(ends[1], text, 1), errno == EPIPE);
    fflush(stdout);
    abort();
}
