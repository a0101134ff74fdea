"""An MMU on its own: TLBs, walker, caches and memory, with no hart and no kernel around them. For tests and studies."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, TypedDict, Unpack

import numpy as np
import numpy.typing as npt

from emulator.account import counters_of
from emulator.base.bits import ASID_LIMIT, ASID_SHIFT, PAGE_BYTES, level_of
from emulator.base.blocks import allocate
from emulator.base.errors import ConfigError, nearest
from emulator.base.names import Access, Fault, Privilege
from emulator.base.world import World
from emulator.config import Config, Profile, size_text
from emulator.config.numbers import as_truth, as_whole
from emulator.config.schema import WALK_CACHES
from emulator.hardware import build, entries
from emulator.hardware.many import NOWHERE, TABLE_WORDS
from emulator.look.tlbs import Tlbs
from emulator.mmu import vectors
from emulator.mmu.fences import Fences
from emulator.mmu.memory import MOST_BASE, PhysicalMemory
from emulator.mmu.modes import Modes
from emulator.mmu.tables import Tables, rights_of
from emulator.mmu.translation import Translation
from emulator.mmu.vectors import COLUMNS, OUTCOME, asid_bits
from emulator.native.engine import Engine
from emulator.paging import fences
from emulator.paging.modes import HOSTS, MODES
from emulator.state import TlbEntry
from emulator.world.hart import MOST_READS

WITHOUT_WALK_CACHES: dict[str, str | int] = {f"walk_cache.{name}.entries": 0 for name in WALK_CACHES}
MANY = 1 << 16  # addresses translated between two looks for compiled code

# of many accesses: one value for all, or one for each
Texts: TypeAlias = str | Sequence[str] | npt.NDArray[Any]
Wholes: TypeAlias = int | Sequence[int] | npt.NDArray[Any]


class Beyond(TypedDict, total=False):
    """What an Mmu may have otherwise than a hart of its profile: further arguments of `Mmu`."""

    extensions: str | None  # of RISC-V's page tables: "svnapot+svpbmt" for both
    host: str | None  # the paging mode of a host, "sv39x4" too, whose guest's tables are those that `paging` names
    caches: bool  # False: walks read PTEs from memory, past all caches, walk caches among them
    walk_cache: bool  # False: no walk caches


class Mmu(Fences, Modes):
    """Translates addresses as a hart's MMU does; the caller writes page tables into `memory`.

    `root` is the physical address of the root table, `asid` 0-4095, `privilege` "user" or "supervisor"; switches are
    those of `sstatus` (`sum`, `mxr`), of CR0, CR4, EFLAGS and EFER (`wp`, `smep`, `smap`, `ac`, `nxe`), or of PSTATE
    and SCTLR (`pan`, `wxn`); "supervisor" is EL1 on arm64, and `root` what TTBR0 says. Setting any
    of them takes effect at once and flushes nothing (F16, F21, F32). Whole numbers may be NumPy's. `engine` is as that
    of `Machine`; `extensions` are those of RISC-V's page tables, "svnapot+svpbmt" for both, the profile's if not given,
    and walk caches the profile's, or none with `walk_cache=False`.
    With `host`, a mode of paging too, it is that of a hart that runs a guest: `paging` and `root` are the guest's, and
    what its tables say are guest physical addresses, which tables of the host translate that begin at `host_root`.
    Guests are told apart by `vmid`, 0-4095: while one runs, TLBs find and drop nothing that they hold of another (F46).
    A fence drops what TLBs hold of both. Without `caches` walks read PTEs from memory, at its latency, past all caches,
    walk caches among them.

    Raises ConfigError for what none of them can be and for a switch that the architecture has not, AttributeError for
    an attribute that there is not.
    """

    __slots__ = ()

    def __init__(
        self,
        profile: str | Profile = "skylake",
        paging: str = "sv39",
        memory: str | int = "64MiB",
        memory_base: int = 0,
        ad: str = "svadu",
        engine: str | None = None,
        **beyond: Unpack[Beyond],
    ) -> None:
        overrides, caches, host = _overrides(beyond), as_truth(beyond.get("caches", True), "caches"), beyond.get("host")
        config = Config.make(profile=profile, overrides=overrides, paging=paging, memory=memory, ad=ad)
        memory_base = as_whole(memory_base, "memory_base", 0, MOST_BASE)
        if memory_base % PAGE_BYTES:
            raise ConfigError(f"memory_base: {memory_base:#x} is not a multiple of {PAGE_BYTES}")
        try:
            words = allocate(config.memory)
        except (MemoryError, OSError):
            raise ConfigError(f"memory: this computer has no {size_text(config.memory)} to spare") from None
        self._invalid = []
        if host is not None:
            vectors.word("host", host, dict.fromkeys(HOSTS, 0))
        self._host, self._tlbs = host, Tlbs()
        self._vmid, self._guests = 0, {0}
        self._memory = PhysicalMemory(words, memory_base)
        self._paging, self._architecture = config.paging, MODES[config.paging].architecture
        self._privilege, self._switches = Privilege.USER, self._architecture.switches
        self._make = partial(_world, config, words, memory_base, host, caches), engine
        self._begin()
        self._tables = Tables(self._memory, self._world.hart[0], config.paging)
        self.root = memory_base

    def _begin(self) -> None:
        make, engine = self._make
        self._world = make()
        self._harts = self._world.harts
        self._engine = Engine(self._world, engine)

    def reset(self) -> None:
        """Empty TLBs and caches and set all counters to 0; memory, roots, ASID, VMID, mode and switches stay."""
        root, asid = self.root, self.asid
        host_root = self.host_root if self._host is not None else None
        self._begin()
        self.root, self.asid = root, asid
        if host_root is not None:
            self.host_root, self._guests = host_root, {self._vmid}
        self._enter(self._privilege, self._switches)

    @property
    def memory(self) -> PhysicalMemory:
        """Physical memory."""
        return self._memory

    @property
    def root(self) -> int:
        """The physical address of the root table."""
        return int(self._harts["root"][0]) + self.memory.start

    @root.setter
    def root(self, pa: int) -> None:
        self._harts["root"] = self._place_of_root(pa)

    def _place_of_root(self, pa: object) -> int:
        """Return where in memory the root table at `pa` stands. Raises ConfigError where none can."""
        root = as_whole(pa, "root", 0, MOST_BASE)
        if root % PAGE_BYTES:
            raise ConfigError(f"root: {root:#x} is not a multiple of {PAGE_BYTES}")
        return root - self.memory.start

    @property
    def asid(self) -> int:
        """The address-space identifier that look-ups and fills carry."""
        return int(self._harts["asid_bits"][0]) >> ASID_SHIFT & (ASID_LIMIT - 1)

    @asid.setter
    def asid(self, asid: int) -> None:
        self._harts["asid_bits"] = asid_bits(asid)

    def translate(self, va: int, access: str = "load", size: int = 8) -> Translation:
        """Translate one access of `size` bytes at `va` (any 64-bit number): load, store, fetch, amo or lr.

        An access that crosses a page needs both pages; `pa` is that of its first byte. Raises ConfigError for an
        unknown access or size.
        """
        kind, size = Access(vectors.word("access", access, vectors.ACCESSES)), vectors.size_of(size)
        va = vectors.address(va)
        hart = self._harts
        before = int(hart["clock"][0])
        references = np.zeros(1 + 2 * MOST_READS, np.int64)
        place = entries.translate_one(self._world, va, kind.value, size, references)
        seen = tuple(int(pa) for pa in references[1 : 1 + references[0]])
        cycles = int(hart["clock"][0]) - before
        if place >= 0:
            return Translation(int(place) + self.memory.start, None, None, None, None, cycles, seen)
        fault = Fault(-int(place))
        tval = int(hart["fault_va"][0]) & ((1 << 64) - 1)
        word = int(hart["fault_word"][0])  # what a TLB refused it on, or 0
        level = level_of(word) if word else int(hart["walk_level"][0])
        error = self._architecture.error(fault, kind, self._privilege, self._switches, level)
        cause = self._architecture.cause(fault, kind, self._privilege)
        gpa = int(hart["host"]["address"][0]) if fault is Fault.NESTED else None
        return Translation(None, fault, cause, error, tval, cycles, seen, gpa)

    def translate_many(
        self,
        vas: npt.NDArray[np.int64],
        access: Texts = "load",
        size: Wholes = 8,
        *,
        asid: Wholes | None = None,
        privilege: Texts | None = None,
        roots: Mapping[int, int] | None = None,
        keep: Iterable[str] = COLUMNS,
    ) -> npt.NDArray[Any]:
        """Translate accesses at `vas`, integers of shape (n,), in order: counters and TLBs end as after `translate`.

        `access`, `size`, `asid` and `privilege` are one value for all or an array of shape (n,); the last two are the
        Mmu's own where they are not given, and are so again afterwards. `roots` gives ASIDs root tables of their own,
        as physical addresses; the others have `root`.

        Returns a structured array of shape (n,) with the columns that `keep` names; memory is taken for those alone,
        and with none only counters move.

            pa          physical address, -1 when refused        cycles      what it took
            fault       `Fault`, 0 for none                      references  how many PTEs walks read for it
            cause       number of the exception, -1 for none     error       code that x86-64 pushes, -1 for none

        Raises ConfigError, before anything is translated, for an unknown access, size, mode or column, and for what
        is no such array: floats, truth values, two dimensions.
        """
        vas, names = vectors.addresses(vas), vectors.columns_of(keep)
        own = self.privilege if privilege is None else privilege, self.asid if asid is None else asid
        kinds = vectors.kinds_of(len(vas), access, size, *own)
        rows = self._with_roots(kinds.rows, roots or {})
        outcome = np.empty(len(vas), [(name, np.int64) for name in names])
        part = np.empty(0 if not names else min(len(vas), MANY), OUTCOME)
        tables = np.full(TABLE_WORDS if self._world.chip.uncached else 1, NOWHERE, np.int64)
        before = self.root, self.asid
        try:
            for first in range(0, len(vas), MANY):
                self._engine.look()
                last = min(first + MANY, len(vas))
                which = kinds.which[first:last]
                found = outcome[first:last] if outcome.dtype == OUTCOME else part[: last - first]
                refused = entries.translate_all(self._world, vas[first:last], which, rows, found.view(np.int64), tables)
                if refused and names:
                    vectors.judge(found, kinds, which, self._architecture, self._switches)
                for name in () if outcome.dtype == OUTCOME else names:
                    outcome[name][first:last] = found[name]
        finally:
            self.root, self.asid = before
            self._enter(self._privilege, self._switches)
        return outcome

    def _with_roots(self, rows: vectors.Numbers, roots: Mapping[int, int]) -> vectors.Numbers:
        """Return kinds of access as compiled code takes them: with a root and an ASID shifted into place."""
        places = {vectors.asid_of(asid): self._place_of_root(root) for asid, root in roots.items()}
        own = int(self._harts["root"][0])
        more = [[places.get(int(asid), own), asid_bits(asid)] for asid in rows[:, 3]]
        return np.ascontiguousarray(np.hstack([rows[:, :3], np.array(more, np.int64)])).reshape(-1)

    def new_root(self) -> int:
        """Make an empty root table for `map`; return its physical address, which `root` may be set to.

        Tables take frames from the end of memory down. Raises ConfigError when there is no more.
        """
        return self._tables.new()

    def map(self, va: int, pa: int, rights: str, level: int = 0, pages: int = 1) -> None:
        """Map `pages` pages from `va` on to those from `pa` on, in the tables below `root`, making what is missing.

        `rights` are letters out of r, w, x, u (user programs), g (global), a and d: those are in the leaf, and a and d
        are clear where they are not given. `level` is that of the leaf: 0 is a page of 4 KiB, 1 one of 2 MiB (Sv32: 4),
        2 one of 1 GiB. As to write PTEs by hand, this flushes nothing. Raises ConfigError for what cannot be mapped
        so, or is mapped already, pages before that one being mapped then, and where a host translates what tables say.
        """
        if self._host is not None:
            raise ConfigError("map: an Mmu with a host has two trees of tables; write their words into memory")
        place = as_whole(pa, "pa", 0, MOST_BASE)
        level, pages = as_whole(level, "level", 0, 9), as_whole(pages, "pages", 1, 1 << 52)
        self._tables.map(self.root, vectors.address(va), place, rights_of(rights), level, pages)

    def mov_cr3(self, root: int, pcid: int = 0, no_flush: bool = False) -> None:
        """Do what MOV to CR3 does: enter a root and a PCID, whose entries go but global ones, unless bit 63 is set."""
        self._check("mov_cr3")
        keep, bits = as_truth(no_flush, "no_flush"), asid_bits(pcid)
        self.root = root
        self._harts["asid_bits"] = bits
        if not keep:
            entries.fence_one(self._world, 0, bits, fences.MOV_CR3)

    @property
    def counters(self) -> dict[str, int]:
        """The counters so far, by dotted name."""
        return counters_of(self._harts[0])

    @property
    def tlbs(self) -> tuple[TlbEntry, ...]:
        """The entries of all TLBs, each set's most recently used one first; `TlbEntry` says what one has.

        With a host they are those of the guest that runs. To look changes nothing, neither the order of use nor a
        counter.
        """
        return self._tlbs.read(0, self._harts[0])


def _overrides(beyond: Beyond) -> dict[str, str | int]:
    """Return what `beyond` changes of a configuration. Raises ConfigError for an argument that there is not."""
    for name in beyond:
        if name not in Beyond.__annotations__:
            right = ", ".join(Beyond.__annotations__)
            raise ConfigError(f"Mmu: {name} is no argument{nearest(name, Beyond.__annotations__)} ({right} are right)")
    extensions = beyond.get("extensions")
    found: dict[str, str | int] = {} if extensions is None else {"extensions": extensions}
    walk_cache, caches = (as_truth(beyond.get(name, True), name) for name in ("walk_cache", "caches"))
    return found if walk_cache and caches else found | WITHOUT_WALK_CACHES


def _world(config: Config, words: npt.NDArray[np.int64], start: int, host: str | None, caches: bool) -> World:
    """Return the world of an MMU before it has translated anything."""
    world = build.build(config, words, start)
    world.chip.uncached = not caches
    if host is not None:
        build.enter_host(world.harts, host, config.ad == "svade")
    return world
