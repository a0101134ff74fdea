/* What a C interpreter reaches on the benchmarks' loops when it models the data TLBs and nothing else.
 *
 *     ideal hot_loop|stride|chase|cow_storm REPEATS     prints: instructions, seconds of CPU, TLB misses, copies
 *
 * 64-entry 4-way and 1536-entry 12-way TLB, exact LRU, a three-level table walk, a counter each for instructions,
 * cycles, accesses, hits of the second level and walks. No caches, no fetch, no events, no costs by name: the bound to compare with.
 * A store to a read-only page is resolved by the host: copied, re-mapped, its TLB entries dropped.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGE = 4096, WRITABLE = 2, VALID = 1 };
enum op {
    ADD, SUBTRACT, AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT, MULTIPLY, LESS, ADDI, ANDI, LOAD, STORE,
    BRANCH_EQUAL, BRANCH_UNEQUAL, BRANCH_LESS, JUMP, STOP
};

struct instruction {
    uint8_t op, rd, a, b;
    int32_t immediate; /* a branch: how many instructions to go on from here */
};

/* A set is kept in order, the most recent entry first. */
#define TLB(name, SETS, WAYS)                                                                        \
    static uint64_t name##_key[SETS][WAYS], name##_pte[SETS][WAYS];                                  \
    static inline void name##_front(uint64_t *keys, uint64_t *ptes, int way, uint64_t key, uint64_t pte) \
    {                                                                                                \
        for (; way > 0; way--) {                                                                     \
            keys[way] = keys[way - 1];                                                               \
            ptes[way] = ptes[way - 1];                                                               \
        }                                                                                            \
        keys[0] = key;                                                                               \
        ptes[0] = pte;                                                                               \
    }                                                                                                \
    static inline int name##_find(uint64_t key)                                                      \
    {                                                                                                \
        uint64_t *keys = name##_key[key % SETS], *ptes = name##_pte[key % SETS];                     \
        for (int way = 0; way < WAYS; way++)                                                         \
            if (keys[way] == key) {                                                                  \
                name##_front(keys, ptes, way, key, ptes[way]);                                       \
                return 1;                                                                            \
            }                                                                                        \
        return 0;                                                                                    \
    }                                                                                                \
    static inline void name##_fill(uint64_t key, uint64_t pte)                                       \
    {                                                                                                \
        name##_front(name##_key[key % SETS], name##_pte[key % SETS], WAYS - 1, key, pte);            \
    }                                                                                                \
    static inline void name##_drop(uint64_t key)                                                     \
    {                                                                                                \
        for (int way = 0; way < WAYS; way++)                                                         \
            if (name##_key[key % SETS][way] == key)                                                  \
                name##_key[key % SETS][way] = 0;                                                     \
    }

TLB(first, 16, 4)
TLB(second, 128, 12)

static uint8_t *memory;
static uint64_t root, next_frame;
static struct { uint64_t instructions, cycles, hits, second_hits, walks, copies; } count;

static inline uint64_t *word(uint64_t place) { return (uint64_t *)(memory + place); }

/* The place of the leaf PTE of `va`; with `make`, tables are made where they are missing. */
static inline uint64_t leaf(uint64_t va, int make)
{
    uint64_t table = root;
    for (int level = 2; level > 0; level--) {
        uint64_t *entry = word(table + ((va >> (12 + 9 * level)) & 511) * 8);
        if (!(*entry & VALID)) {
            if (!make)
                abort();
            *entry = next_frame | VALID;
            next_frame += PAGE;
        }
        table = *entry & -(uint64_t)PAGE;
    }
    return table + ((va >> 12) & 511) * 8;
}

static __attribute__((noinline)) uint64_t miss(uint64_t va)
{
    uint64_t key = va >> 12;
    if (second_find(key)) {
        count.second_hits++;
        count.cycles += 7;
        uint64_t pte = second_pte[key % 128][0];
        first_fill(key, pte);
        return pte;
    }
    count.walks++;
    count.cycles += 25;
    uint64_t pte = *word(leaf(va, 0));
    if (!(pte & VALID))
        abort();
    second_fill(key, pte);
    first_fill(key, pte);
    return pte;
}

static inline uint64_t look_up(uint64_t va)
{
    uint64_t key = va >> 12;
    if (__builtin_expect(first_key[key % 16][0] == key, 1))
        return first_pte[key % 16][0];
    if (first_find(key))
        return first_pte[key % 16][0];
    return miss(va);
}

static __attribute__((noinline)) uint64_t copy_on_write(uint64_t va)
{
    uint64_t place = leaf(va, 0), old = *word(place) & -(uint64_t)PAGE, new = next_frame;
    next_frame += PAGE;
    memcpy(memory + new, memory + old, PAGE);
    *word(place) = new | VALID | WRITABLE;
    first_drop(va >> 12);
    second_drop(va >> 12);
    count.copies++;
    count.cycles += 2000;
    return look_up(va);
}

/* Each instruction reads the registers it needs and no others: a quarter faster than reading them beforehand. */
#define RD x[now->rd]
#define A x[now->a]
#define B x[now->b]

static __attribute__((noinline)) void run(const struct instruction *program, uint64_t *x)
{
    const struct instruction *now = program;
    uint64_t instructions = 0, cycles = 0, hits = 0;
    for (;; now++) {
        instructions++;
        cycles++;
        switch (now->op) {
        case ADD: RD = A + B; break;
        case SUBTRACT: RD = A - B; break;
        case AND: RD = A & B; break;
        case OR: RD = A | B; break;
        case XOR: RD = A ^ B; break;
        case SHIFT_LEFT: RD = A << (B & 63); break;
        case SHIFT_RIGHT: RD = A >> (B & 63); break;
        case MULTIPLY: RD = A * B; cycles += 2; break;
        case LESS: RD = (int64_t)A < (int64_t)B; break;
        case ADDI: RD = A + now->immediate; break;
        case ANDI: RD = A & now->immediate; break;
        case LOAD: {
            uint64_t va = A + now->immediate;
            RD = *word((look_up(va) & -(uint64_t)PAGE) + va % PAGE);
            hits++;
            cycles += 3;
            break;
        }
        case STORE: {
            uint64_t va = A + now->immediate, pte = look_up(va);
            if (__builtin_expect(!(pte & WRITABLE), 0))
                pte = copy_on_write(va);
            *word((pte & -(uint64_t)PAGE) + va % PAGE) = B;
            hits++;
            break;
        }
        case BRANCH_EQUAL: now += A == B ? now->immediate - 1 : 0; break;
        case BRANCH_UNEQUAL: now += A != B ? now->immediate - 1 : 0; break;
        case BRANCH_LESS: now += (int64_t)A < (int64_t)B ? now->immediate - 1 : 0; break;
        case JUMP: RD = now - program + 1; now += now->immediate - 1; break;
        case STOP:
            count.instructions += instructions - 1;
            count.hits += hits;
            count.cycles += cycles;
            return;
        }
        x[0] = 0;
    }
}

static void map(uint64_t base, uint64_t size, uint64_t place, int rights)
{
    for (uint64_t offset = 0; offset < size; offset += PAGE)
        *word(leaf(base + offset, 1)) = (place + offset) | VALID | rights;
}

static void fail(const char *why)
{
    fprintf(stderr, "ideal: %s\n", why);
    exit(1);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("two arguments: a work and how often");
    const char *work = argv[1];
    uint64_t repeats = strtoull(argv[2], 0, 10), base = 0x40000000, place = 64 << 20, size = 64 << 20;
    uint64_t x[32] = {0};
    int hot = !strcmp(work, "hot_loop"), sums = hot || !strcmp(work, "stride"), storm = !strcmp(work, "cow_storm");
    int step = hot ? 8 : PAGE;
    if (hot)
        size = 16384;
    else if (storm)
        size = 16 << 20;
    memory = aligned_alloc(2 << 20, 256 << 20);
    memset(memory, 0, 256 << 20);
    root = PAGE;
    next_frame = 2 * PAGE;
    map(base, size, place, WRITABLE);
    uint64_t free_frames = place + size, tables = next_frame;

    /* x1 moves, x2 ends, x3 steps, x4 sums, x5 is loaded, x6 stored, x7 counts */
    struct instruction on = hot ? (struct instruction){ADDI, 1, 1, 0, step} : (struct instruction){ADD, 1, 1, 3, 0};
    struct instruction sum[] = {{LOAD, 5, 1, 0, 0}, {ADD, 4, 4, 5, 0}, on, {BRANCH_UNEQUAL, 0, 1, 2, -3}, {STOP}};
    struct instruction chase[] = {{LOAD, 1, 1, 0, 0}, {ADDI, 7, 7, 0, -1}, {BRANCH_UNEQUAL, 0, 7, 0, -2}, {STOP}};
    struct instruction stores[] = {{STORE, 0, 1, 6, 0}, {ADD, 1, 1, 3, 0}, {BRANCH_UNEQUAL, 0, 1, 2, -2}, {STOP}};
    const struct instruction *program = sums ? sum : storm ? stores : chase;
    if (sums || storm)
        for (uint64_t n = 0; n < size / step; n++)
            *word(place + n * step) = n;
    else if (!strcmp(work, "chase"))
        for (uint64_t n = 0; n < 1 << 20; n++)
            *word(place + n * 64) = base + ((1664525 * n + 1013904223) & ((1 << 20) - 1)) * 64;
    else
        fail("no such work");

    double seconds = 0;
    x[1] = base;
    for (uint64_t pass = 0; pass < repeats; pass++) {
        if (sums || storm)
            x[1] = base;
        x[2] = base + size;
        x[3] = step;
        x[6] = -1;
        x[7] = 65536;
        clock_t start = clock();
        if (storm) {
            next_frame = free_frames;
            map(base, size, place, 0);
            memset(first_key, 0, sizeof first_key);
            memset(second_key, 0, sizeof second_key);
        }
        run(program, x);
        seconds += (double)(clock() - start) / CLOCKS_PER_SEC;
    }
    next_frame = tables;
    if (sums && x[4] != repeats * (size / step) * (size / step - 1) / 2)
        fail("wrong sum");
    if (!sums && !storm && repeats % 16 == 0 && x[1] != base)
        fail("the chase did not come back");
    for (uint64_t n = 0; storm && repeats && n < size / step; n++)
        if (*word(place + n * PAGE) != n || *word(free_frames + n * PAGE) != (uint64_t)-1)
            fail("a copy is missing");
    printf("%lu %.6f %lu %lu\n", count.instructions, seconds, count.walks, count.copies);
}
