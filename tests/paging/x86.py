"""One path down x86-64 page tables, for tests of the MMU alone."""

from emulator import Mmu

P, RW, US, ACCESSED, DIRTY, PS, GLOBAL, PAT_OF_LARGE, XD = (1 << bit for bit in (0, 1, 2, 5, 6, 7, 8, 12, 63))
ALL = P | RW | US
LEVELS = {"x86-64": 4, "x86-64-la57": 5}
PAGE, PA, LARGE = 4096, 0x345000, 0x200000
VA = 0x0012_3456_7000  # below 2 ** 47


class Path:
    """An Mmu with a table at each level, that of level n in frame n + 1; the entries of `va` in them grant all."""

    def __init__(self, paging="x86-64", engine="plain", leaf=0, page=PA, va=VA):
        self.mmu = Mmu(paging=paging, memory="16MiB", engine=engine)
        self.levels = LEVELS[paging]
        self.mmu.root = self.levels * PAGE
        self.va = va
        for level in range(leaf + 1, self.levels):
            self.put(level, level * PAGE | ALL)
        self.put(leaf, page | ALL | (PS if leaf else 0))

    def place(self, level):
        """Where the entry at `level` stands."""
        return (level + 1) * PAGE + (self.va >> 12 + 9 * level & 511) * 8

    def put(self, level, entry):
        """Write the entry at `level`."""
        self.mmu.memory.write(self.place(level), entry)

    def entry(self, level):
        """The entry at `level`, as it stands in memory."""
        return self.mmu.memory.read(self.place(level))

    def change(self, level, set_=0, clear=0):
        """Set and clear bits of the entry at `level`, and fence."""
        self.put(level, (self.entry(level) | set_) & ~clear)
        self.mmu.fence()

    def fault(self, access, va=VA):
        """The name of the Fault of an access, or None."""
        fault = self.mmu.translate(va, access).fault
        return fault and fault.name

    def refusal(self, access="load"):
        """The name of the Fault of an access, and the error code, if there are any."""
        out = self.mmu.translate(self.va, access)
        return out.fault and out.fault.name, out.error

    def supervisor(self, **switches):
        """This path, in supervisor mode with these switches."""
        self.mmu.privilege = "supervisor"
        for name, on in switches.items():
            setattr(self.mmu, name, on)
        return self
