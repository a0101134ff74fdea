/* Loops, conditions, recursion, gotos. */
static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static unsigned ackermann(unsigned m, unsigned n) {
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

static int primes(int limit) {
    int count = 0;
    for (int n = 2; n < limit; n++) {
        for (int d = 2; d * d <= n; d++)
            if (n % d == 0) goto next;
        count++;
    next:;
    }
    return count;
}

static long collatz(long n) {
    long steps = 0;
    while (n != 1) {
        n = n & 1 ? 3 * n + 1 : n / 2;
        steps++;
    }
    return steps;
}

int main(void) {
    volatile int seven = 7;
    int sum = 0;
    do sum += seven; while (sum < 50);
    return (fib(9) + ackermann(2, 3) + primes(60) + (int)collatz(27) + sum) & 0xff; /* 34 + 9 + 17 + 111 + 56 */
}
