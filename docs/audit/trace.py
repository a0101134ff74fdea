"""What a machine did, all stores included, made into a log: of the stores those to page tables, of the accesses those
that say something new.

Which pages are tables is known once the whole trace is: those that can be reached from a root through anything that was
ever stored on the way. An access repeated before the next record of a PTE, fence or space cannot have found anything
else than the first, and is left out.
"""

from collections.abc import Iterator

from emulator.audit.record import HAS_ASID, HAS_PC, HAS_VA, SUPERVISOR, USER, Kind, Row
from emulator.audit.space import NAMES, Space
from emulator.base.bits import page_of, vpn_of
from emulator.paging.riscv import is_pointer, target_of

PRIVILEGES = {0: USER, 1: SUPERVISOR}
ASID_SHIFT, ASID_MASK, MODE_SHIFT, ROOT_MASK = 44, 0xFFFF, 60, (1 << 44) - 1


class Trace:
    """A trace: add what happened in order, then ask for the log's records."""

    def __init__(self) -> None:
        self.rows: list[Row] = []  # of stores, what the 8 bytes hold afterwards, as PTE records
        self.spaces: dict[tuple[int, int, int], int] = {}  # by mode, root, ASID: the numbers
        self.harts: set[int] = set()

    def add(self, kind: Kind, hart: int, pc: int, flags: int, one: int = 0, two: int = 0) -> None:
        """Add a record."""
        if hart not in self.harts:
            self.harts.add(hart)
            self.rows.append((Kind.HART, hart, 0, 0, 0, 0, 0))
        self.rows.append((int(kind), hart, flags | HAS_PC, 0, one, two, pc))

    def store(self, hart: int, pc: int, place: int, word: int) -> None:
        """Add what the 8 bytes at physical address `place` hold after a store."""
        self.add(Kind.PTE, hart, pc, 0, place, word)

    def access(self, kind: Kind, hart: int, pc: int, va: int, privilege: int) -> None:
        """Add an access of user or supervisor mode, and the fetch of the instruction that made it."""
        if privilege in PRIVILEGES:
            self.add(Kind.FETCH, hart, pc, PRIVILEGES[privilege], pc)
            self.add(kind, hart, pc, PRIVILEGES[privilege], va)

    def instruction(self, hart: int, pc: int, bits: int, registers: list[int], satp: int) -> int:
        """Add SFENCE.VMA, or an instruction that writes satp; return what satp holds afterwards."""
        rs1, rs2, kind = bits >> 15 & 31, bits >> 20 & 31, bits >> 12 & 7
        if kind == 0:
            flags = (HAS_VA if rs1 else 0) | (HAS_ASID if rs2 else 0)
            self.add(Kind.FENCE, hart, pc, flags, registers[rs1] if rs1 else 0, registers[rs2] & ASID_MASK)
            return satp
        operand = rs1 if kind & 4 else registers[rs1]
        value = {1: operand, 2: satp | operand, 3: satp & ~operand}[kind & 3]
        self.enter(hart, pc, value)
        return value

    def enter(self, hart: int, pc: int, satp: int) -> None:
        """Add a write of satp, and its address space if that is new."""
        mode = satp >> MODE_SHIFT
        if mode not in NAMES:
            raise ValueError(f"satp {satp:#x} has a mode that no log has")
        parts = mode, (satp & ROOT_MASK) << 12 if mode else 0, satp >> ASID_SHIFT & ASID_MASK if mode else 0
        if parts not in self.spaces:
            self.spaces[parts] = len(self.spaces)
            self.rows.append((Kind.SPACE, 0, mode, self.spaces[parts], *parts[1:], 0))
        self.add(Kind.SATP, hart, pc, 0)
        self.rows[-1] = (*self.rows[-1][:3], self.spaces[parts], *self.rows[-1][4:])

    def log(self) -> Iterator[Row]:
        """Yield the records of the log."""
        tables = self._tables()
        words: dict[int, int] = {}
        told: set[tuple[int, int, int, int]] = set()
        for row in self.rows:
            kind, hart, flags, _, one, two, _ = row
            if kind == Kind.PTE:
                if page_of(one) not in tables or words.get(one, 0) == two:
                    continue
                words[one] = two
            elif kind in (Kind.LOAD, Kind.STORE, Kind.FETCH):
                access = kind, hart, flags, vpn_of(one)
                if access in told:
                    continue
                told.add(access)
                yield row
                continue
            told.clear()
            yield row

    def _tables(self) -> set[int]:
        """Return the pages that are tables of some space at some time."""
        stored: dict[int, set[int]] = {}
        for row in self.rows:
            if row[0] == Kind.PTE:
                stored.setdefault(page_of(row[4]), set()).add(row[5])
        spaces = [Space.declared(number, *parts) for parts, number in self.spaces.items()]
        waiting = [(space.root, space.levels - 1) for space in spaces if space.levels]
        reached = set(waiting)
        while waiting:
            page, level = waiting.pop()
            below = {(target_of(word, level), level - 1) for word in stored.get(page, ()) if is_pointer(word, level)}
            waiting += below - reached
            reached |= below
        return {page for page, _ in reached}
