/* Thread-local data, atomics, and code placed where attributes say. */
__thread int counter = 5;
__thread long zero;
static __thread char letters[3] = {1, 2, 3};
int shared;
long wide = 40;

__attribute__((weak)) int maybe(void) { return 1; }
int really(void) { return 20; }
int alias(void) __attribute__((alias("really")));
__attribute__((section(".text.unusual"), noinline)) int far_away(int n) { return n + shared; }
__attribute__((cold, noinline)) void cold(void) { shared = 77; }

int main(void) {
    counter++;
    zero += counter;
    letters[1] += (char)zero;
    __atomic_fetch_add(&shared, 3, __ATOMIC_SEQ_CST);
    __atomic_store_n(&wide, wide + 2, __ATOMIC_RELEASE);
    int expected = 3;
    if (!__atomic_compare_exchange_n(&shared, &expected, 9, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) cold();
    __sync_synchronize();
    return counter + (int)zero + letters[1] + far_away(2) + (int)wide + maybe() + alias();
}
