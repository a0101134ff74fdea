/* A two-level data TLB alone, as fast as C has it: no page tables, no permissions, counters only.

   64 entries in 4 ways in order of use, 1,536 entries in 12 ways with times of use; both give up what was used least
   recently. A miss of both costs nothing but the fills: there is no walk. `run` puts addresses through it. */

#include <stdint.h>
#include <string.h>

enum { L1_SETS = 16, L1_WAYS = 4, L2_SETS = 128, L2_WAYS = 12 };

static uint64_t l1_page[L1_SETS][L1_WAYS], l1_frame[L1_SETS][L1_WAYS]; /* a page is kept as its number + 1 */
static uint64_t l2_page[L2_SETS][L2_WAYS], l2_frame[L2_SETS][L2_WAYS], l2_used[L2_SETS][L2_WAYS];
static uint64_t now;

void reset(void)
{
    memset(l1_page, 0, sizeof l1_page);
    memset(l2_page, 0, sizeof l2_page);
    memset(l2_used, 0, sizeof l2_used);
    now = 0;
}

static inline void put_first(uint64_t *pages, uint64_t *frames, int way, uint64_t page, uint64_t frame)
{
    for (; way > 0; way--)
        pages[way] = pages[way - 1], frames[way] = frames[way - 1];
    pages[0] = page;
    frames[0] = frame;
}

static inline int way_in_l2(const uint64_t *pages, uint64_t page)
{
    int found = -1;
    for (int way = 0; way < L2_WAYS; way++)
        if (pages[way] == page)
            found = way;
    return found;
}

static inline int oldest_in_l2(const uint64_t *used)
{
    int oldest = 0;
    for (int way = 1; way < L2_WAYS; way++)
        if (used[way] < used[oldest])
            oldest = way;
    return oldest;
}

void run(const uint64_t *vas, uint64_t count, uint64_t *first, uint64_t *second, uint64_t *walks)
{
    uint64_t in_l1 = 0, in_l2 = 0, in_none = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t page = vas[i] >> 12, tag = page + 1;
        uint64_t *pages = l1_page[page % L1_SETS], *frames = l1_frame[page % L1_SETS];
        if (__builtin_expect(pages[0] == tag, 1)) {
            in_l1++;
            continue;
        }
        int way = pages[1] == tag ? 1 : pages[2] == tag ? 2 : pages[3] == tag ? 3 : 0;
        if (way) {
            put_first(pages, frames, way, tag, frames[way]);
            in_l1++;
            continue;
        }
        uint64_t *held = l2_page[page % L2_SETS], *used = l2_used[page % L2_SETS];
        way = way_in_l2(held, tag);
        if (way >= 0) {
            in_l2++;
        } else {
            in_none++;
            way = oldest_in_l2(used);
            held[way] = tag;
            l2_frame[page % L2_SETS][way] = page;
        }
        used[way] = ++now;
        put_first(pages, frames, L1_WAYS - 1, tag, l2_frame[page % L2_SETS][way]);
    }
    *first += in_l1, *second += in_l2, *walks += in_none;
}
