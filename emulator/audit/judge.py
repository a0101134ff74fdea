"""The auditor: what a hart with an unlimited TLB might have done wrong, record by record (F21-F23, F42, F43, F45).

An access walks memory as it is then, and the hart remembers what the walk found until a fence covers it. When it
remembers more than one thing of a page it may use any of them. So a use is a *missing flush* when

    a translation that it remembers grants the access, and memory does not, or grants it to another page
    a pointer that it remembers leads the walk to a translation that memory, walked from the root, does not lead to

and the culprit is the write, or the entry into another space under the same ASID, that made the two differ. An entry
that grants less than memory is a spurious fault at worst (F42) and no finding.

A fence is *needless* when it drops nothing that grants more or less than memory (F41), no PTE that it covers was made
valid since the hart's last fence for it (F23), and its ASID has not come to another root.
"""

from collections.abc import Callable, Iterable

from emulator.audit.blame import culprit_of, mistake_of, same_pointer
from emulator.audit.changes import Tables
from emulator.audit.fences import Fences
from emulator.audit.finding import Finding, Findings, Held, Use
from emulator.audit.frames import Frames
from emulator.audit.hart import Fence, Hart
from emulator.audit.memory import Leaf, Memory, Walk, Write, walk_from
from emulator.audit.record import HAS_ASID, HAS_PC, HAS_VA, Kind, Row
from emulator.audit.remembered import Entry
from emulator.audit.rights import ANY, BIT, NEEDS, PRIVILEGE, Needs, grants, grants_less, grants_more, lets_through
from emulator.audit.space import Space
from emulator.base.bits import D, vpn_of
from emulator.base.errors import LogError
from emulator.base.kernel_names import Mistake
from emulator.paging.riscv import target_of


class Audit:
    """One audit: `feed` it records, then read `findings`, `fences` and the counts."""

    def __init__(self) -> None:
        self.number = 0
        self.harts: dict[int, Hart] = {}
        self.spaces: dict[int, Space] = {}
        self.memory = Memory()
        self.tables = Tables()
        self.frames = Frames()
        self.findings = Findings()
        self.fences = Fences()
        self.accesses = 0
        self.unexplained = 0  # accesses that took place although memory, as the log has it, does not grant them
        self.first_unexplained = 0
        self._written = 0  # the last record that changed a PTE
        self._pointers: set[int] = set()  # the places of pointers that walks have read
        self._readers: dict[int, set[tuple[int, int, int]]] = {}  # of leaves: hart, space, page that found it fresh
        self._does: dict[int, Callable[[Row], None]] = {
            Kind.HART: self._declare_hart,
            Kind.SPACE: self._declare_space,
            Kind.SATP: self._enter,
            Kind.PTE: self._write,
            Kind.FENCE: self._fence,
            Kind.FREE: self._free,
            Kind.TAKE: self._take,
        }

    def feed(self, rows: Iterable[Row]) -> None:
        """Audit records. Raises LogError for one that names what was not declared; all before it are audited."""
        harts, last = self.harts, Kind.FETCH
        for row in rows:
            self.number += 1
            if row[0] > last:
                self._does[row[0]](row)
                continue
            hart = harts.get(row[1])
            if hart is None:
                self._hart(row[1])
            elif not hart.here.get(vpn_of(row[4]), 0) & BIT[row[0], row[2] & PRIVILEGE]:
                self._access(hart, row)
            self.accesses += 1

    def _refused(self, message: str) -> LogError:
        """Return the error of the record at hand, which counts as read no longer."""
        self.number -= 1
        return LogError(self.number + 1, message)

    # ------------------------------------------------------------ declarations
    def _declare_hart(self, row: Row) -> None:
        if row[1] in self.harts:
            raise self._refused(f"hart {row[1]} is declared already")
        self.harts[row[1]] = Hart(row[1], self.tables)

    def _declare_space(self, row: Row) -> None:
        _, _, mode, number, root, asid, _ = row
        if number in self.spaces:
            raise self._refused(f"space {number} is declared already")
        self.spaces[number] = Space.declared(number, mode, root, asid)
        if self.spaces[number].levels:
            self.tables.declare(self.spaces[number])

    def _hart(self, number: int) -> Hart:
        if number not in self.harts:
            raise self._refused(f"names hart {number}, which no `hart` record before it declares")
        return self.harts[number]

    # ------------------------------------------------------------ what a kernel does
    def _enter(self, row: Row) -> None:
        hart = self._hart(row[1])
        space = self.spaces.get(row[3])
        if space is None:
            raise self._refused(f"names space {row[3]}, which no `space` record before it declares")
        if hart.enter(space, self.number, _pc(row)):
            idle = hart.idle
            if idle is not None and idle.va is None and idle.asid in (None, space.asid):  # this made it necessary
                self.fences.count(idle.pc, needed=False, unchanged=True, by=-1)
                hart.idle = None

    def _write(self, row: Row) -> None:
        hart, place, value = self._hart(row[1]), row[4], row[5]
        before = self.memory.read(place)
        if before == value:
            return
        write = Write(self.number, place, before, value, hart.number, _pc(row))
        self.memory.write(write)
        self.tables.note(write)
        self.frames.map(write)
        self._written = self.number
        if place in self._pointers:
            for each in self.harts.values():
                each.forget(None, None)
        self._stir(place)

    def _stir(self, place: int) -> None:
        """Let accesses have something to find again at the pages that the leaf at `place` maps."""
        for number, space, page in self._readers.pop(place, ()):
            self.harts[number].fresh[space].pop(page, None)

    def _fence(self, row: Row) -> None:
        hart, flags = self._hart(row[1]), row[2]
        fence = Fence(self.number, _pc(row), row[4] if flags & HAS_VA else None, row[5] if flags & HAS_ASID else None)
        dropped = hart.remembered.drop(fence.va, fence.asid, self.number)
        owed = hart.owed.covered(fence.va, fence.asid)
        needed = any(change.made_valid for change in owed)
        for entry in dropped:
            needed = needed or self._differs(entry, hart, either_way=True)
            for finding in entry.findings.values():
                finding.fence = finding.fence or self.number
        if fence.va is None:
            reused = set(hart.reused) if fence.asid is None else hart.reused & {fence.asid}
            hart.reused -= reused
            needed = needed or bool(reused)
        self.fences.count(fence.pc, needed, unchanged=not owed)
        hart.idle = None if needed else fence
        spaces = None
        if fence.asid is not None:
            spaces = {number for number in hart.fresh if self.spaces[number].asid == fence.asid}
        whole = fence.va is None or any(entry.level for entry in dropped)
        hart.forget(None if whole else vpn_of(fence.va or 0), spaces)

    def _free(self, row: Row) -> None:
        hart, frame = self._hart(row[1]), row[4]
        self.frames.free(frame, self.number)
        for entry in self.frames.holders(frame):
            holder = self.harts[entry.hart]
            if ANY not in entry.findings and self._differs(entry, holder):
                va = entry.address_of(frame)
                use = Use(self.number, Kind.FREE, hart.number, va, _pc(row))
                self._find(entry, holder, use, entry.leaf(va), self.memory.walk(entry.space, va), ANY)

    def _take(self, row: Row) -> None:
        self._hart(row[1])
        self.frames.take(row[4], self.number)

    # ------------------------------------------------------------ accesses
    def _access(self, hart: Hart, row: Row) -> None:
        """Judge an access that may find something new, and remember what its walk finds."""
        space, va = hart.space, row[4]
        assert space is not None, "a hart that translates nothing finds nothing"
        access = row[0], row[2] & PRIVILEGE
        needs = NEEDS[access]
        walk = self.memory.walk(space, va)
        use = Use(self.number, row[0], hart.number, va, _pc(row))
        pointers = hart.remembered.pointers(space.asid, va, space.levels)
        astray = [entry for entry in pointers if not same_pointer(entry, walk)]
        walked = needs[0] & ~D, needs[1]  # a walk sets D itself
        stale = self._used_translation(hart, space, use, walk, needs)
        stale = stale or self._used_pointer(hart, astray, use, walk, walked)
        if grants(walk.leaf, walked):
            if needs[0] & D and not walk.ptes[-1] & D:  # others may find the page dirty from now on
                self._stir(walk.places[-1])
            walk = self.memory.set_bits(walk, bool(needs[0] & D), self.number, hart.number)
            self._fill(hart, space, va, walk)
            if not stale and not astray:  # what an old pointer leads to may change unseen
                page = vpn_of(va)
                hart.here[page] = hart.here.get(page, 0) | BIT[access]
                self._readers.setdefault(walk.places[-1], set()).add((hart.number, space.number, page))
        elif not stale:
            self.unexplained += 1
            self.first_unexplained = self.first_unexplained or self.number

    def _fill(self, hart: Hart, space: Space, va: int, walk: Walk) -> None:
        self._pointers.update(walk.places[:-1])
        entry = hart.remembered.fill(space, va, walk, self.number)
        if entry is None:
            return
        self.frames.remember(entry)
        if walk.global_from() < len(walk.ptes):  # other spaces have something new to find
            for fresh in hart.fresh.values():
                if fresh is not hart.here:
                    fresh.clear()

    def _used_translation(self, hart: Hart, space: Space, use: Use, walk: Walk, needs: Needs) -> bool:
        """Report the translations that the access may have used against memory; return whether there are any."""
        stale = False
        for entry in hart.remembered.leaves(space.asid, use.va, space.levels):
            held = entry.leaf(use.va)
            if not grants(held, needs) or lets_through(held, walk.leaf, needs):
                continue
            self._find(entry, hart, use, held, walk, needs)
            stale = True
        return stale

    def _used_pointer(self, hart: Hart, astray: list[Entry], use: Use, walk: Walk, needs: Needs) -> bool:
        """Report which pointers that memory no longer has may have misled the access; return whether any has."""
        stale = False
        for entry in astray:
            table = target_of(entry.pte, entry.level)
            held = walk_from(table, entry.level - 1, use.va, self.memory.read).leaf
            if held is None or not grants(held, needs) or lets_through(held, walk.leaf, needs):
                continue
            self._find(entry, hart, use, held, walk, needs)
            stale = True
        return stale

    # ------------------------------------------------------------ findings
    def _find(self, entry: Entry, hart: Hart, use: Use, held: Leaf, walk: Walk, needs: Needs) -> None:
        """Count a use of an entry, under the finding that it is."""
        finding = entry.findings.get(needs)
        if finding is None:
            culprit = culprit_of(self.memory, entry, hart, walk, needs, use.va)
            mistake, record = mistake_of(self.frames, entry, hart, held, walk, culprit)
            shown = Held(entry.hart, held, entry.filled, target_of(entry.pte, entry.level) if entry.pointer else 0)
            finding = Finding(mistake, use, shown, walk.leaf, culprit)
            if mistake == Mistake.EARLY_FLUSH:
                finding.fence = record
            else:
                finding.frame = record
            finding = entry.findings[needs] = self.findings.add(finding)
        finding.uses += 1

    def _differs(self, entry: Entry, hart: Hart, either_way: bool = False) -> bool:
        """Return whether an entry has what memory has not: under its own root, or its hart's under the same ASID.

        Or, `either_way`, memory what the entry has not: then the hart may fault until a fence (F41).
        """
        here = hart.space
        space = here if here is not None and here.levels and here.asid == entry.space.asid else entry.space
        if space.root == entry.space.root and entry.filled > self._written:
            return False
        walk = self.memory.walk(space, entry.va)
        if entry.pointer:
            return not same_pointer(entry, walk)
        held = entry.leaf(entry.va)
        return grants_more(held, walk.leaf) or (either_way and grants_less(held, walk.leaf))


def _pc(row: Row) -> int:
    return row[6] if row[2] & HAS_PC else -1
