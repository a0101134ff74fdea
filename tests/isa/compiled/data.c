/* Everything that data can be: initialised, constant, zero, common, static, structs, pointers into each other. */
struct point { char tag; short x; int y; long z; };
struct node { struct node *next; int value; };
enum colour { RED = 3, GREEN, BLUE = 70000 };
union both { int i; unsigned char c[4]; };

int common;
int zeros[300] __attribute__((nocommon)); /* with two of them, their order would be the linker's */
static long hidden[5];
const short constant[] = {1, -2, 3, -4};
static char text[] = "bytes";
char padded[16] = "ab";
struct point points[] = {{'a', 1, 2, 3}, {'b', -1, -2, -3}};
extern struct node third;
struct node first = {&third, 1};
struct node second = {0, 2};
struct node third = {&second, 3};
long *inside = &hidden[2];
enum colour colour = BLUE;
struct { unsigned a : 3, b : 7, c : 22; } bits = {5, 100, 123456};
static const unsigned long large = 0xfedcba9876543210;
signed char small = -5;
int aligned __attribute__((aligned(256))) = 9;
int placed __attribute__((section(".data.mine"))) = 11;
const char *strings[] = {"one", "two", "three", "e"};

void *memcpy(void *to, const void *from, unsigned long n) {
    char *t = to;
    const char *f = from;
    while (n--) *t++ = *f++;
    return to;
}

void *memset(void *to, int byte, unsigned long n) {
    char *t = to;
    while (n--) *t++ = byte;
    return to;
}

int main(void) {
    struct point copy = points[1];
    long local[20] = {4, 5, 6};
    union both both = {0x01020304};
    *inside = 17;
    common++;
    zeros[299] = 2;
    long sum = 0;
    for (struct node *node = &first; node; node = node->next) sum = sum * 10 + node->value;
    sum += hidden[2] + common + zeros[299] + constant[1] + text[4] + padded[1] + copy.z + copy.tag + local[2];
    sum += colour + bits.a + bits.b + bits.c + (long)(large >> 60) + small + aligned + placed + strings[2][4];
    sum += both.c[0] + ((unsigned long)&aligned & 255) + sizeof points;
    return (int)(sum & 0xff);
}
