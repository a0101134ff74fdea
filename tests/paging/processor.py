"""Unicorn, QEMU's x86-64 as a library: one processor that makes one access on page tables out of a vector.

    physical    0x1000    kernel code, one access each, 16 bytes apart: SYSRET, load, store, jump
                0x2000    the user's, the same
                0x10000   tables that map the code at the bottom of the upper half, the root first; vectors put theirs
                          beside them, those at `TABLES`
                DATA on   16 bytes at a time: EAX is loaded with the number of the 16 bytes, then a jump to itself

The error code is read where the processor's state keeps it; the place is found by accesses whose code the SDM gives.
"""

import struct
from itertools import pairwise, product

from unicorn import UC_ARCH_X86, UC_HOOK_INTR, UC_MODE_64, Uc
from unicorn.unicorn_const import UC_CTL_IO_WRITE, UC_CTL_TLB_FLUSH
from unicorn.x86_const import (
    UC_CPU_X86_ICELAKE_SERVER,
    UC_X86_REG_CR0,
    UC_X86_REG_CR2,
    UC_X86_REG_CR3,
    UC_X86_REG_CR4,
    UC_X86_REG_EFLAGS,
    UC_X86_REG_MSR,
    UC_X86_REG_R11,
    UC_X86_REG_RAX,
    UC_X86_REG_RBX,
    UC_X86_REG_RCX,
)

PAGE, MEMORY, DATA = 4096, 16 << 20, 4 << 20
KERNEL_CODE, USER_CODE, OWN_TABLES, TABLES = 0x1000, 0x2000, 0x10000, 0x20000
CODE = b"".join(code.ljust(16, b"\x90") for code in (b"\x48\x0f\x07", b"\x48\x8b\x03", b"\x48\x89\x03", b"\xff\xe3"))
OFFSETS = {"load": 0x10, "store": 0x20, "fetch": 0x30}
EFER, STAR = 0xC0000080, 0xC0000081
PE, WP, PG = 1, 1 << 16, 1 << 31
PAE, LA57, SMEP, SMAP = 1 << 5, 1 << 12, 1 << 20, 1 << 21
SCE, LME, LMA, NXE = 1, 1 << 8, 1 << 10, 1 << 11
AC = 1 << 18
MARK = 0x5A5A5A5A_A5A5A5A5
CODE_INDEX = 256  # of the root table: the lowest of the upper half


class Processor:
    """One processor with `levels` of page tables."""

    def __init__(self, levels):
        self.levels = levels
        self.code = -(1 << 11 + 9 * levels) & (1 << 64) - 1
        self.root = TABLES + (levels - 1) * PAGE
        self.uc = uc = Uc(UC_ARCH_X86, UC_MODE_64)
        uc.ctl_set_cpu_model(UC_CPU_X86_ICELAKE_SERVER)
        uc.mem_map(0, MEMORY)
        for place in (KERNEL_CODE, USER_CODE):
            uc.mem_write(place, CODE)
        numbers = range(DATA >> 4, MEMORY >> 4)
        uc.mem_write(DATA, b"".join(struct.pack("<BI2s9x", 0xB8, number, b"\xeb\xfe") for number in numbers))
        self.interrupt = None
        uc.hook_add(UC_HOOK_INTR, self._interrupted)
        self._map_code()
        self.start = uc.context_save()
        self.error_place = self._find_error()

    def write(self, place, value):
        """Write a word of physical memory."""
        self.uc.mem_write(place, struct.pack("<Q", value & (1 << 64) - 1))

    def read(self, place):
        """Read a word of physical memory."""
        return struct.unpack("<Q", self.uc.mem_read(place, 8))[0]

    def _map_code(self):
        """Map the code, by tables of its own below the root that vectors share."""
        tables = [self.root, *(OWN_TABLES + n * PAGE for n in range(self.levels - 1))]
        for table, below in pairwise(tables):
            self.write(table + (CODE_INDEX * 8 if table == self.root else 0), below | 0x27)
        self.write(tables[-1], KERNEL_CODE | 0x63)
        self.write(tables[-1] + 8, USER_CODE | 0x67)

    def _interrupted(self, uc, number, _):
        self.interrupt = number
        uc.emu_stop()

    def access(self, va, access, user, switches):
        """Make one access; return (vector, CR2, state) where it faulted, else (None, RAX, state)."""
        uc = self.uc
        uc.context_restore(self.start)
        uc.reg_write(UC_X86_REG_MSR, (EFER, SCE | LME | LMA | (NXE if switches["nxe"] else 0)))
        uc.reg_write(UC_X86_REG_MSR, (STAR, 0x1B << 48 | 0x8 << 32))
        uc.reg_write(UC_X86_REG_CR3, self.root)
        deep = LA57 if self.levels == 5 else 0
        uc.reg_write(UC_X86_REG_CR4, PAE | deep | (SMEP if switches["smep"] else 0) | (SMAP if switches["smap"] else 0))
        uc.reg_write(UC_X86_REG_CR0, PG | PE | 0x10 | (WP if switches["wp"] else 0))
        uc.ctl(UC_CTL_TLB_FLUSH, UC_CTL_IO_WRITE)
        uc.reg_write(UC_X86_REG_RBX, va)
        uc.reg_write(UC_X86_REG_RAX, MARK)
        flags = 2 | (AC if switches["ac"] else 0)
        uc.reg_write(UC_X86_REG_EFLAGS, flags)
        count = 2 if access == "fetch" else 1
        self.interrupt = None
        if user:
            uc.reg_write(UC_X86_REG_RCX, self.code + PAGE + OFFSETS[access])
            uc.reg_write(UC_X86_REG_R11, flags)
            uc.emu_start(self.code, 0, count=1 + count)
        else:
            uc.emu_start(self.code + OFFSETS[access], 0, count=count)
        if self.interrupt is None:
            return None, uc.reg_read(UC_X86_REG_RAX)
        return self.interrupt, uc.reg_read(UC_X86_REG_CR2)

    def error(self):
        """The error code of the last fault."""
        return struct.unpack_from("<I", bytes(self.uc.context_save()), self.error_place)[0]

    def _find_error(self):
        """Where the state has the codes of accesses that no table maps: W/R, U/S and I/D as the access is (4.7)."""
        places = None
        every = dict.fromkeys(("wp", "smep", "smap", "nxe"), True) | {"ac": False}
        for user, (access, bits) in product((False, True), (("load", 0), ("store", 2), ("fetch", 16))):
            self.access(DATA, access, user, every)
            state = bytes(self.uc.context_save())
            code = struct.pack("<I", bits | user << 2)
            found = {place for place in range(0, len(state) - 3, 4) if state[place : place + 4] == code}
            places = found if places is None else places & found
        (place,) = places
        return place
