"""What a machine did, all stores included, made into a log: of the stores those to page tables, of the accesses those
that say something new.

Which pages are tables is known once the whole trace has been read: those that can be reached from a root through
anything that was ever stored on the way. So a trace is read twice. An access that is repeated before the next record of
a PTE, fence or space cannot find anything else than it did, and is left out.
"""

from collections.abc import Callable, Iterable, Iterator

from emulator.audit.record import HAS_ASID, HAS_PC, HAS_VA, SUPERVISOR, USER, Kind, Row
from emulator.audit.space import NAMES, Space
from emulator.base.bits import page_of, vpn_of
from emulator.paging.riscv import is_pointer, target_of

PRIVILEGES = {0: USER, 1: SUPERVISOR}
ASID_SHIFT, ASID_MASK, MODE_SHIFT, ROOT_MASK = 44, 0xFFFF, 60, (1 << 44) - 1
ACCESSES = (Kind.LOAD, Kind.STORE, Kind.FETCH)


class Machine:
    """A machine that is traced: makes records of what it does, and declares harts and spaces when they come up."""

    def __init__(self) -> None:
        self.spaces: dict[tuple[int, int, int], int] = {}  # by mode, root, ASID: the numbers
        self.harts: set[int] = set()

    def store(self, hart: int, pc: int, place: int, word: int) -> Iterator[Row]:
        """Yield what the 8 bytes at physical address `place` hold after a store, as if they were a PTE."""
        yield from self._hart(hart)
        yield Kind.PTE, hart, HAS_PC, 0, place, word, pc

    def access(self, kind: Kind, hart: int, pc: int, va: int, privilege: int) -> Iterator[Row]:
        """Yield an access of user or supervisor mode, and the fetch of the instruction that makes it before it."""
        if privilege in PRIVILEGES:
            yield from self._hart(hart)
            flags = HAS_PC | PRIVILEGES[privilege]
            yield Kind.FETCH, hart, flags, 0, pc, 0, pc
            yield kind, hart, flags, 0, va, 0, pc

    def instruction(self, hart: int, pc: int, bits: int, registers: list[int], satp: int) -> Iterator[Row]:
        """Yield SFENCE.VMA, or what an instruction makes of satp, of which this is the value before."""
        rs1, rs2, kind = bits >> 15 & 31, bits >> 20 & 31, bits >> 12 & 7
        if kind:
            operand = rs1 if kind & 4 else registers[rs1]
            yield from self.enter(hart, pc, {1: operand, 2: satp | operand, 3: satp & ~operand}[kind & 3])
            return
        yield from self._hart(hart)
        flags = HAS_PC | (HAS_VA if rs1 else 0) | (HAS_ASID if rs2 else 0)
        yield Kind.FENCE, hart, flags, 0, registers[rs1] if rs1 else 0, registers[rs2] & ASID_MASK if rs2 else 0, pc

    def enter(self, hart: int, pc: int, satp: int) -> Iterator[Row]:
        """Yield a write of satp, and its address space before it if that is new."""
        yield from self._hart(hart)
        mode = satp >> MODE_SHIFT
        if mode not in NAMES:
            raise SystemExit(f"satp {satp:#x} has a mode that no log has")
        parts = mode, (satp & ROOT_MASK) << 12 if mode else 0, satp >> ASID_SHIFT & ASID_MASK if mode else 0
        if parts not in self.spaces:
            self.spaces[parts] = len(self.spaces)
            yield Kind.SPACE, 0, mode, self.spaces[parts], *parts[1:], 0
        yield Kind.SATP, hart, HAS_PC, self.spaces[parts], 0, 0, pc

    def _hart(self, hart: int) -> Iterator[Row]:
        """Yield a hart's declaration when it is first spoken of."""
        if hart not in self.harts:
            self.harts.add(hart)
            yield Kind.HART, hart, 0, 0, 0, 0, 0


def log_of(read: Callable[[], Iterable[Row]]) -> Iterator[Row]:
    """Yield the records of a log; `read` yields a machine's from the beginning, as often as it is called."""
    tables = tables_of(read())
    words: dict[int, int] = {}
    told: set[tuple[int, int, int, int]] = set()
    for row in read():
        kind, hart, flags, _, one, two, _ = row
        if kind in ACCESSES:
            access = kind, hart, flags, vpn_of(one)
            if access in told:
                continue
            told.add(access)
        else:
            if kind == Kind.PTE:
                if page_of(one) not in tables or words.get(one, 0) == two:
                    continue
                words[one] = two
            told.clear()
        yield row


def tables_of(rows: Iterable[Row]) -> set[int]:
    """Return the pages that are tables of some space at some time."""
    pointers: dict[int, set[int]] = {}
    waiting = []
    for kind, _, flags, number, one, two, _ in rows:
        if kind == Kind.PTE:
            if is_pointer(two, 1):
                pointers.setdefault(page_of(one), set()).add(two)
        elif kind == Kind.SPACE:
            space = Space.declared(number, flags, one, two)
            waiting += [(one, space.levels - 1)] if space.levels else []
    reached = set(waiting)
    while waiting:
        page, level = waiting.pop()
        below = {(target_of(pte, level), level - 1) for pte in pointers.get(page, ())} if level else set()
        waiting += below - reached
        reached |= below
    return {page for page, _ in reached}
