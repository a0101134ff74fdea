/* A TCG plugin that writes what an audit needs of a RISC-V machine into QEMU's log (-d plugin). trace.sh builds it.
 *
 * A line for each access to memory, and for each SFENCE.VMA and write of satp:
 *
 *   @ HART l PRIVILEGE PC VA             a load
 *   @ HART s PRIVILEGE PC VA PA WORD     a store: the physical address of its 8-byte word, and what that holds now
 *   @ HART i INSTRUCTION                 SFENCE.VMA, or an instruction that writes satp
 *
 * PRIVILEGE is 0 user, 1 supervisor, 3 machine. Version 1 of the plugin interface, which Debian 12's QEMU 7.2 has, shows
 * neither values nor registers. Values are read back from the machine's memory, whose host address is that of its first
 * instruction; registers of the few instructions that need them come from QEMU itself (-d cpu, with -dfilter): see
 * from_qemu.py, which reads both. With version 2 and later of the interface (QEMU 8.2, 9.1), a plugin could ask for both.
 *
 * The prototypes are those of qemu-plugin.h, which Debian 12 does not package.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define MEMORY UINT64_C(0x80000000)     /* where the memory of -M virt begins, and the first instruction of a kernel */
#define NO_REGISTERS 0
#define LOADS_AND_STORES 3

typedef uint64_t plugin_id;
typedef uint32_t mem_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
typedef void (*translated)(plugin_id, struct qemu_plugin_tb *);
typedef void (*executed)(unsigned, void *);
typedef void (*accessed)(unsigned, mem_info, uint64_t, void *);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, translated);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, executed, int, void *);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, accessed, int, int, void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
bool qemu_plugin_mem_is_store(mem_info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(mem_info, uint64_t);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *);
void qemu_plugin_outs(const char *);

EXPORT int qemu_plugin_version = 1;

static const char *memory;      /* where the host has MEMORY; NULL until the first instruction there */

/* The last line, if it was a load: a hart that spins says so once. */
static struct { unsigned hart; uint64_t pc, va; } last;

/* The bits of the MMU index that say from which privilege an access is (target/riscv/cpu.h). */
static unsigned privilege(mem_info info) { return info & 3; }

static void on_access(unsigned hart, mem_info info, uint64_t va, void *data)
{
    uint64_t pc = (uintptr_t)data;
    char line[160];

    if (!qemu_plugin_mem_is_store(info)) {
        if (last.hart == hart && last.pc == pc && last.va == va)
            return;
        last.hart = hart, last.pc = pc, last.va = va;
        snprintf(line, sizeof line, "@ %u l %u %" PRIx64 " %" PRIx64 "\n", hart, privilege(info), pc, va);
    } else {
        const struct qemu_plugin_hwaddr *place = qemu_plugin_get_hwaddr(info, va);
        uint64_t pa, word;

        last.pc = 0;
        if (!place || !memory || qemu_plugin_hwaddr_is_io(place))
            return;
        pa = qemu_plugin_hwaddr_phys_addr(place) & ~UINT64_C(7);
        if (pa < MEMORY)
            return;
        memcpy(&word, memory + (pa - MEMORY), sizeof word);
        snprintf(line, sizeof line, "@ %u s %u %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", hart,
                 privilege(info), pc, va, pa, word);
    }
    qemu_plugin_outs(line);
}

static void on_instruction(unsigned hart, void *data)
{
    char line[80];

    last.pc = 0;
    snprintf(line, sizeof line, "@ %u i %" PRIx32 "\n", hart, (uint32_t)(uintptr_t)data);
    qemu_plugin_outs(line);
}

/* Whether an instruction is SFENCE.VMA, or one of the CSR instructions on satp that may write it. */
static bool concerns_tlbs(uint32_t instruction)
{
    bool fence = (instruction & 0xfe007fff) == 0x12000073;
    bool csr = (instruction & 0x7f) == 0x73 && (instruction >> 12 & 3) != 0 && instruction >> 20 == 0x180;
    bool reads_only = (instruction >> 12 & 2) != 0 && (instruction >> 15 & 31) == 0;

    return fence || (csr && !reads_only);
}

static void on_translation(plugin_id id, struct qemu_plugin_tb *block)
{
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
        uint64_t pc = qemu_plugin_insn_vaddr(insn);
        uint32_t bits = 0;

        if (!memory && pc == MEMORY)
            memory = qemu_plugin_insn_haddr(insn);
        memcpy(&bits, qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn) < 4 ? 2 : 4);
        if (concerns_tlbs(bits))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_instruction, NO_REGISTERS, (void *)(uintptr_t)bits);
        qemu_plugin_register_vcpu_mem_cb(insn, on_access, NO_REGISTERS, LOADS_AND_STORES, (void *)(uintptr_t)pc);
    }
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    return 0;
}
