"""Unicorn, QEMU's arm64 as a library: one processor that makes one access on translation tables out of a vector.

    physical    CODE      one instruction each: ERET, load, store, branch; TTBR1 maps it once for EL1, once for EL0
                TABLES    those of vectors, which TTBR0 has; the root is the last
                DATA on   16 bytes at a time: W0 is loaded with the number of the 16 bytes, then a branch to itself

What an exception tells is read where the processor's state keeps it: the address is found by accesses that fault, the
syndrome stands before it.
"""

import struct

from unicorn import UC_ARCH_ARM64, UC_HOOK_INTR, UC_MODE_ARM, Uc
from unicorn.arm64_const import UC_ARM64_REG_CP_REG, UC_ARM64_REG_X0, UC_ARM64_REG_X1, UC_CPU_ARM64_MAX
from unicorn.unicorn_const import UC_CTL_IO_WRITE, UC_CTL_TLB_FLUSH

PAGE, MEMORY, DATA, LEVELS = 4096, 16 << 20, 4 << 20, 4
CODE, OWN_TABLES, TABLES = 0x1000, 0x10000, 0x20000
ROOT = TABLES + (LEVELS - 1) * PAGE
UPPER = 0xFFFF_0000_0000_0000  # where TTBR1's addresses begin
ERET, LOAD, STORE, BRANCH = 0xD69F03E0, 0xF9400020, 0xF9000020, 0xD61F0020
OFFSETS = {"load": 4, "store": 8, "fetch": 12}
SCR, HCR = (1, 1, 3, 6, 0), (1, 1, 3, 4, 0)
NON_SECURE, EL2_IS_64, EL1_IS_64 = 1, 1 << 10, 1 << 31
TTBR0, TTBR1, TCR = ((2, 0, 3, 0, number) for number in range(3))
SCTLR, SPSR, ELR = (1, 0, 3, 0, 0), (4, 0, 3, 0, 0), (4, 0, 3, 0, 1)
RES1, M, WXN, SPAN = 0x30500800, 1, 1 << 19, 1 << 23
EL1H, PAN = 5, 1 << 22
TCR_VALUE = 16 | 16 << 16 | 2 << 30 | 5 << 32  # 48 bits each, 4 KiB granules, 48 bits of physical addresses
DATA_ABORT = 0x24  # from EL0
MARK = 0x5A5A5A5A_A5A5A5A5
VALID, TABLE, EL0, READ_ONLY, AF, PXN, UXN = (1 << bit for bit in (0, 1, 6, 7, 10, 53, 54))


class Processor:
    """One processor."""

    def __init__(self):
        self.uc = uc = Uc(UC_ARCH_ARM64, UC_MODE_ARM)
        uc.ctl_set_cpu_model(UC_CPU_ARM64_MAX)
        uc.mem_map(0, MEMORY)
        uc.mem_write(CODE, struct.pack("<4I", ERET, LOAD, STORE, BRANCH))
        uc.mem_write(DATA, b"".join(self.data(number) for number in range(DATA >> 4, MEMORY >> 4)))
        self.interrupt = None
        uc.hook_add(UC_HOOK_INTR, self._interrupted)
        for level in range(3):
            self.write(OWN_TABLES + level * PAGE, OWN_TABLES + (level + 1) * PAGE | VALID | TABLE)
        own = CODE | VALID | TABLE | AF | READ_ONLY
        self.write(OWN_TABLES + 3 * PAGE, own | UXN)
        self.write(OWN_TABLES + 3 * PAGE + 8, own | EL0 | PXN)
        self.start = uc.context_save()
        self.address_place = self._find_address()

    @staticmethod
    def data(number):
        """The 16 bytes of data that have this number: MOVZ, MOVK, B."""
        low, high = 0x52800000 | (number & 0xFFFF) << 5, 0x72A00000 | number >> 16 << 5
        return struct.pack("<4I", low, high, 0x14000000, 0)

    def write(self, place, value):
        """Write a word of physical memory."""
        self.uc.mem_write(place, struct.pack("<Q", value & (1 << 64) - 1))

    def read(self, place):
        """Read a word of physical memory."""
        return struct.unpack("<Q", self.uc.mem_read(place, 8))[0]

    def _interrupted(self, uc, number, _):
        self.interrupt = number
        uc.emu_stop()

    def _set(self, register, value):
        self.uc.reg_write(UC_ARM64_REG_CP_REG, (*register, value))

    def access(self, va, access, user, switches):
        """Make one access; return whether it faulted, and what X0 is then."""
        uc = self.uc
        uc.context_restore(self.start)
        for register, value in ((SCR, NON_SECURE | EL2_IS_64), (HCR, EL1_IS_64)):
            self._set(register, value)
        for register, value in ((TTBR0, ROOT), (TTBR1, OWN_TABLES), (TCR, TCR_VALUE)):
            self._set(register, value)
        self._set(SCTLR, RES1 | M | SPAN | (WXN if switches["wxn"] else 0))
        self._set(ELR, UPPER + (PAGE if user else 0) + OFFSETS[access])
        self._set(SPSR, (0 if user else EL1H) | (PAN if switches["pan"] else 0))
        uc.ctl(UC_CTL_TLB_FLUSH, UC_CTL_IO_WRITE)
        uc.reg_write(UC_ARM64_REG_X0, MARK)
        uc.reg_write(UC_ARM64_REG_X1, va)
        self.interrupt = None
        uc.emu_start(UPPER, 0, count=4 if access == "fetch" else 2)
        return self.interrupt is not None, uc.reg_read(UC_ARM64_REG_X0)

    def exception(self):
        """The syndrome and the address of the last fault."""
        return struct.unpack_from("<IIQ", bytes(self.uc.context_save()), self.address_place - 8)[::2]

    def _find_address(self):
        """Where the state has the address of a fault: a data abort's class stands before it."""
        places = None
        for va in (0x1234_5678_9000, 0x4321_0000_8760):
            faulted, _ = self.access(va, "load", True, {"pan": False, "wxn": False})
            assert faulted
            state = bytes(self.uc.context_save())
            told = struct.pack("<Q", va)
            found = {place for place in range(8, len(state) - 7, 4) if state[place : place + 8] == told}
            places = found if places is None else places & found
        (place,) = (place for place in places if struct.unpack_from("<I", state, place - 8)[0] >> 26 == DATA_ABORT)
        return place
