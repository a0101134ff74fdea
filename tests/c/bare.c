/* Without a library: the auxiliary vector leads to the program headers, and those to this very program. */
enum { PT_LOAD = 1, PT_TLS = 7, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, WRITEV = 66, EXIT = 93 };

struct row { unsigned kind, flags; unsigned long offset, address, physical, size, memory_size, alignment; };
struct piece { const char *start; unsigned long size; };

__thread int first = 42, second;

static long call(long number, long a, long b, long c)
{
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

void begin(unsigned long *stack)
{
    unsigned long *vector = stack + 1 + stack[0] + 1, headers = 0, size = 0, number = 0, here = (unsigned long)begin;
    int loaded = 0, local = 0;
    while (*vector++)
        ;
    for (; vector[0]; vector += 2) {
        headers = vector[0] == AT_PHDR ? vector[1] : headers;
        size = vector[0] == AT_PHENT ? vector[1] : size;
        number = vector[0] == AT_PHNUM ? vector[1] : number;
    }
    for (unsigned long i = 0; i < number; i++) {
        struct row *row = (struct row *)(headers + i * size);
        loaded |= row->kind == PT_LOAD && row->address <= here && here < row->address + row->size;
        local |= row->kind == PT_TLS && *(int *)row->address == 42 && row->memory_size == 8;
    }
    struct piece pieces[] = {{"the program ", 12}, {"finds itself\n", 13}};
    call(WRITEV, 1, (long)pieces, loaded && local ? 2 : 1);
    call(EXIT, 40 + loaded + local, 0, 0);
}

__asm__(".globl _start\n_start: mv a0, sp\n j begin\n");
int *keep(void) { return &first + second; }
