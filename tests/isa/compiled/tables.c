/* Jump tables, strings, tables of functions. */
typedef int (*operation)(int, int);
static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return a * b; }
static const operation operations[] = {add, sub, mul};
static const char *const names[] = {"add", "sub", "mul", "a \"longer\"\tname;\n# no comment /* here */", "\001\002\377"};

static int length(const char *text) {
    int n = 0;
    while (*text++) n++;
    return n;
}

__attribute__((noinline)) static int chosen(int key, int value) {
    switch (key) {
    case 0: return value + 1;
    case 1: return value * 3;
    case 2: return value - 7;
    case 3: return ~value;
    case 4: return value << 2;
    case 5: return value >> 1;
    case 6: return value ^ 0x55;
    case 7: return value | 0x1000;
    case 100: return -value;
    case 101: return value % 10;
    default: return 5;
    }
}

int main(void) {
    int result = 0;
    for (int i = 0; i < 3; i++) result = operations[i](result, i + 2) + length(names[i]);
    for (int i = 0; i < 9; i++) result += chosen(i, result);
    result += chosen(100, 3) + chosen(101, 19) + chosen(50, 0) + length(names[3]) + length(names[4]);
    result += length("in the code") + (unsigned char)names[4][2];
    return result & 0xff;
}
