"""What entries of page tables mean, for the reference model of TLBs: RISC-V and x86-64, from the rules alone."""

from tests.pages import ACCESS_FAULT, PAGE_FAULT

FRAME = (1 << 44) - 1


class Tables:
    """Tables of 512 entries, an index of nine bits a level."""

    def __init__(self, levels):
        self.levels = levels

    def span(self, level):
        """How much an entry at `level` stands for."""
        return 1 << 12 + 9 * level

    def index(self, va, level):
        """Which entry is that of `va`."""
        return va >> 12 + 9 * level & 511

    def page(self, va, level):
        """The number of the page of `va`, in pages of `level`."""
        return va >> 12 + 9 * level


class Riscv(Tables):
    """Sv39, Sv48: answers are physical addresses, or causes as negative numbers."""

    V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
    RESERVED = 0x3FF << 54
    keeps_faults = True  # F23
    switches = ("sum", "mxr")

    def is_pointer(self, pte, level):
        """F13."""
        return level > 0 and pte & (self.RESERVED | 0xDF) == self.V

    def target(self, pte, level):
        """The table or page that it leads to."""
        return (pte >> 10 & FRAME) << 12

    def is_global(self, entries):
        """What a pointer with G leads to may be held as global, too."""
        return any(pte & self.G for pte in entries)

    def fault_in(self, entries, level, access, mode):
        """F11, F12-F14."""
        pte = entries[-1]
        if pte is None:
            return -ACCESS_FAULT[access]
        leaf = pte & (self.R | self.X)
        sound = pte & self.V and leaf and not pte & self.RESERVED and not (pte & self.W and not pte & self.R)
        return None if sound and self.target(pte, level) % self.span(level) == 0 else -PAGE_FAULT[access]

    def refusal(self, entries, access, mode):
        """F15-F17."""
        pte = entries[-1]
        if mode["user"]:
            reached = pte & self.U
        else:
            reached = not pte & self.U or (mode["sum"] and access != "fetch")
        if access == "fetch":
            granted = pte & self.X
        elif access in ("store", "amo"):
            granted = pte & self.W
        else:
            granted = pte & self.R or (mode["mxr"] and pte & self.X)
        return None if reached and granted else -PAGE_FAULT[access]

    def page_fault(self, entries, access, mode):
        """F18."""
        return -PAGE_FAULT[access]

    def outside(self, access):
        """A page that is not in memory."""
        return -ACCESS_FAULT[access]

    def marked(self, pte, access):
        """The entry with A, and for a write D (F18)."""
        return pte | self.A | (self.D if access in ("store", "amo") else 0)


class X86(Tables):
    """4-level paging: answers are physical addresses, or (exception, error code)."""

    P, RW, US, A, D, PS, G, XD = (1 << bit for bit in (0, 1, 2, 5, 6, 7, 8, 63))
    ADDRESS = (1 << 52) - (1 << 12)
    PAT = 1 << 12
    keeps_faults = False  # F34
    switches = ("wp", "smep", "smap", "ac")
    MACHINE_CHECK = (18, None)

    def is_reserved(self, entry, level):
        """F37."""
        if entry >> 46 & 63:
            return True
        large = level > 0 and entry & self.PS
        return large and (level > 2 or entry & self.ADDRESS & ~self.PAT & self.span(level) - 1 != 0)

    def is_pointer(self, entry, level):
        """Whether it is present, sound, and no page."""
        return level > 0 and entry & self.P and not entry & self.PS and not self.is_reserved(entry, level)

    def target(self, entry, level):
        """The table or page that it leads to."""
        return entry & self.ADDRESS & ~(self.PAT if level and entry & self.PS else 0)

    def is_global(self, entries):
        """G counts in the page's entry alone."""
        return entries[-1] is not None and entries[-1] & self.G

    def fault_in(self, entries, level, access, mode):
        """F31."""
        if entries[-1] is None:
            return self.MACHINE_CHECK
        if not entries[-1] & self.P:
            return (14, self.error(access, mode))
        return (14, self.error(access, mode) | 9) if self.is_reserved(entries[-1], level) else None

    def refusal(self, entries, access, mode):
        """F30, F32."""
        user = all(entry & self.US for entry in entries)
        writable = all(entry & self.RW for entry in entries)
        executable = not any(entry & self.XD for entry in entries)
        if access == "fetch":
            refused = not executable or (user and not mode["user"] and mode["smep"])
        else:
            refused = user and not mode["user"] and mode["smap"] and not mode["ac"]
        refused = refused or (mode["user"] and not user)
        writes = access in ("store", "amo")
        refused = refused or (writes and not writable and (mode["user"] or mode["wp"]))
        return (14, self.error(access, mode) | 1) if refused else None

    def error(self, access, mode):
        """The error code, P and RSVD clear (F31)."""
        return 2 * (access in ("store", "amo")) | 4 * mode["user"] | 16 * (access == "fetch")

    def page_fault(self, entries, access, mode):
        """Hardware sets A and D; nothing lets them fault (F36)."""
        raise AssertionError("no Svade here")

    def outside(self, access):
        """A page that is not in memory."""
        return self.MACHINE_CHECK

    def marked(self, entry, access):
        """The entry with A, and for a write D (F36)."""
        return entry | self.A | (self.D if access in ("store", "amo") else 0)
