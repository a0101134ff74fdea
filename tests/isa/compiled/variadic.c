/* Arguments in number unknown, large structs by value, arrays of variable size, inline assembly. */
#include <stdarg.h>
struct large { long a[6]; };

void *memcpy(void *to, const void *from, unsigned long n) {
    for (unsigned long i = 0; i < n; i++) ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

static int total(int count, ...) {
    va_list list;
    va_start(list, count);
    int sum = 0;
    while (count--) sum += va_arg(list, int);
    va_end(list);
    return sum;
}

__attribute__((noinline)) static long of(struct large s, int i) { return s.a[i]; }

__attribute__((noinline)) static int variable(int n) {
    int values[n];
    for (int i = 0; i < n; i++) values[i] = i * i;
    return values[n - 1];
}

static int sort(int *values, int n) {
    for (int i = 1; i < n; i++)
        for (int j = i; j && values[j - 1] > values[j]; j--) {
            int value = values[j];
            values[j] = values[j - 1];
            values[j - 1] = value;
        }
    return values[n / 2];
}

int main(void) {
    struct large s;
    for (int i = 0; i < 6; i++) s.a[i] = i * 100;
    int values[] = {9, 3, 7, 1, 8, 2, 6};
    long same;
    asm volatile("1: mv %0, %1 # copied; not here\n\tbnez zero, 1b\n\t.pushsection .rodata\n\t.byte 1\n\t.popsection"
                 : "=r"(same) : "r"(of(s, 2)));
    return (total(5, 1, 2, 3, 4, 5) + (int)same + variable(6) + sort(values, 7)) & 0xff; /* 15 + 200 + 25 + 6 */
}
