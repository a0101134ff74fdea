"""A hart as an audit knows it: where it is, what it remembers, and what it has had no fence for."""

from typing import NamedTuple

from emulator.audit.changes import Owed, Tables
from emulator.audit.finding import Switch
from emulator.audit.remembered import Entry, Remembered
from emulator.audit.space import Space
from emulator.base.bits import vpn_of

Fresh = dict[int, int]  # by page: the kinds of accesses that have nothing new to find there


class Untranslated(Fresh):
    """Accesses of a hart that translates nothing: none of them has anything to find."""

    def get(self, page: int, default: int = 0) -> int:  # type: ignore[override]  # of these types only
        return -1


class Fence(NamedTuple):
    """One fence: its record, where it stands, and what it is for (None: all)."""

    number: int
    pc: int
    va: int | None
    asid: int | None

    def covers(self, va: int, asid: int) -> bool:
        """Return whether it covers the page of `va` under `asid`."""
        return self.asid in (None, asid) and (self.va is None or vpn_of(self.va) == vpn_of(va))


class Hart:
    """One hart of a log."""

    def __init__(self, number: int, tables: Tables) -> None:
        self.number = number
        self.space: Space | None = None
        self.entered = (0, number, -1)  # when and where: record, hart, pc
        self.remembered = Remembered(number)
        self.owed = Owed(tables)
        self.root_of: dict[int, Space] = {}  # by ASID: the space entered last
        self.switches: dict[int, list[Switch]] = {}  # by ASID: where another root came under it
        self.reused: set[int] = set()  # ASIDs that no fence has covered since
        self.idle: Fence | None = None  # its last fence, if nothing has made that necessary
        self.fresh: dict[int, Fresh] = {}  # by space
        self.here: Fresh = Untranslated()

    def enter(self, space: Space, number: int, pc: int) -> bool:
        """Enter a space; return whether another root was under its ASID before."""
        self.space = space
        self.entered = (number, self.number, pc)
        if not space.levels:
            self.here = Untranslated()
            return False
        self.here = self.fresh.setdefault(space.number, {})
        before = self.root_of.get(space.asid, space)
        self.root_of[space.asid] = space
        if before.root == space.root:
            return False
        self.switches.setdefault(space.asid, []).append(Switch(*self.entered, before, space))
        self.reused.add(space.asid)
        self.here.clear()
        return True

    def switch_since(self, entry: Entry) -> Switch | None:
        """Return the first record that put another root under an entry's ASID after it was filled."""
        for switch in self.switches.get(entry.space.asid, ()):
            if switch.number > entry.filled:
                return switch
        return None

    def last_switch(self, entry: Entry) -> Switch:
        """Return the hart's last entry into a space, from that of a global entry which the new one does not have."""
        assert self.space is not None, "who uses an entry is in a space"
        return Switch(*self.entered, entry.space, self.space)

    def forget(self, page: int | None, spaces: set[int] | None) -> None:
        """Let accesses in these spaces (None: all) have something to find again, at one page or at all (None)."""
        for number, fresh in self.fresh.items():
            if spaces is None or number in spaces:
                if page is None:
                    fresh.clear()
                else:
                    fresh.pop(page, None)
