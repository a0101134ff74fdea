/* Numbers of 64 bits: products, quotients, remainders, shifts, conversions, constants of all sizes. */
typedef unsigned long u64;
typedef unsigned __int128 u128;

static u64 mixed(u64 x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9;
    x ^= x >> 27;
    x *= 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

__attribute__((noinline)) static u64 high(u64 a, u64 b) { return (u64)(((u128)a * b) >> 64); }
__attribute__((noinline)) static long divided(long a, long b) { return a / b * 3 + a % b; }
__attribute__((noinline)) static unsigned udivided(unsigned a, unsigned b) { return a / b + a % b; }
__attribute__((noinline)) static long magic(long a) { return a / 7 + a % 1000 + (int)a / 10; }
__attribute__((noinline)) static int rotated(unsigned a, int n) { return (int)(a << n | a >> (32 - n)); }

int main(void) {
    volatile long a = -123456789012345, b = 1234567;
    volatile u64 seed = 42;
    u64 sum = 0;
    for (int i = 0; i < 20; i++) sum += mixed(seed + i) >> (i & 15);
    sum += high(sum, 0xffffffff00000001) + (u64)divided(a, b) + udivided(4000000000u, 77) + (u64)magic(a);
    sum += (u64)rotated(0x80000001, 5) + (u64)(signed char)a + (unsigned short)a + (u64)(short)b;
    sum ^= 0x0000800000000000 ^ 0x7ffff000 ^ 0x12345000 ^ 0xfffff800;
    return (int)((sum ^ sum >> 8 ^ sum >> 16 ^ sum >> 32 ^ sum >> 56) & 0xff);
}
