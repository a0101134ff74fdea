"""What else a debugged run is to stop at: events of some kinds, a change of a PTE, the use of a stale TLB entry."""

from typing import Any

from emulator.base.bits import A, D, page_of
from emulator.base.errors import ConfigError
from emulator.base.names import Event
from emulator.kernel.doors import entries
from emulator.machine import Machine
from emulator.machine.kinds import wanted
from emulator.paging import format as paging

STALE, ENDS = "stale", "end"
WORD = (1 << 64) - 1
ALL_KINDS = tuple(Event)


class Wishes:
    """What `machine` is to stop at, asked after each event that it has stopped at.

    `kinds` are names that `Machine.next` takes. PTEs are compared after each event, but for the bits that hardware
    sets by itself (accessed and dirty): whatever the kernel does to one ends in an event.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.kinds: list[str] = []
        self.ptes: list[tuple[int, int]] = []  # (pid, va)
        self.stale = False
        self.ends = False  # of processes, to stop before them
        self._told = 0
        self._seen: dict[tuple[int, int], int] = {}

    def add_kind(self, name: str) -> None:
        """Stop after events of that kind; after "stale" uses, and before an "end".

        Raises TravelError for another name, ConfigError for what cannot come.
        """
        if name == STALE:
            if not self._machine.world.checker.on:
                raise ConfigError("stale: nobody looks for stale entries here; --check-stale is right")
            self.stale = True
        elif name == ENDS:
            self.ends = True
        else:
            wanted(name)
            if name not in self.kinds:
                self.kinds.append(name)
        self.begin()

    def add_pte(self, pid: int, va: int) -> None:
        """Stop when the kernel has changed the PTE of `va` in a process."""
        if (pid, page_of(va)) not in self.ptes:
            self.ptes.append((pid, page_of(va)))
        self.begin()

    def clear(self) -> None:
        """Wish for nothing."""
        self.kinds, self.ptes, self.stale, self.ends = [], [], False, False

    @property
    def events(self) -> tuple[Event, ...]:
        """The kinds of events that the machine has to stop after."""
        if self.ptes:
            return ALL_KINDS
        return tuple({kind for name in self.kinds for kind in wanted(name).kinds})

    def begin(self) -> None:
        """Begin to look here, at what comes from now on."""
        self._told = self._machine.core.events.told
        self._seen = {key: self._pte(*key) for key in self.ptes}

    def come(self) -> str:
        """Return in words what has come since it was asked last; "" for nothing."""
        events = self._machine.core.events
        new, self._told = events.since(self._told), events.told
        words = [self._pte_words(*key) for key in self.ptes]
        for name in self.kinds:
            words += [event_words(name, new[place]) for place in wanted(name).among(new)[-1:]]
        return "; ".join(filter(None, words))

    def _pte_words(self, pid: int, va: int) -> str:
        before, now = self._seen.get((pid, va), 0), self._pte(pid, va)
        self._seen[pid, va] = now
        return (
            f"the PTE of {va:#x} in process {pid} was {before & WORD:#x} and is {now & WORD:#x}"
            if now != before
            else ""
        )

    def _pte(self, pid: int, va: int) -> int:
        """Return a PTE without what hardware sets; 0 where there is none."""
        world, process = self._machine.world, self._machine.kernel.lives.processes.get(pid)
        if process is None or not process.alive:
            return 0
        pte = int(entries.find_pte(world, int(world.space[process.space]["root"]), va))
        hart = world.hart[0]
        return pte if not pte else int(paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~(A | D)))


def event_words(name: str, event: Any) -> str:
    """Return what has come, a wish for `name`."""
    kind = Event(int(event["kind"])).name.lower()
    named = name if name == kind else f"{name}, {kind}"
    where = f", va {int(event['va']):#x}" if event["va"] else ""
    return f"{named}: pid {int(event['pid'])}, pc {int(event['pc']):#x}{where}"
