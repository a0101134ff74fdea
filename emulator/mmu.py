"""An MMU on its own: TLBs, walker, caches and memory, with no hart and no kernel around them. For tests and studies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from emulator.account import counters_of
from emulator.base.bits import ASID_LIMIT, ASID_SHIFT, PAGE_BYTES, level_of
from emulator.base.blocks import allocate
from emulator.base.errors import ConfigError, nearest, shown
from emulator.base.names import Access, Fault, Privilege
from emulator.config import Config, Profile, size_text
from emulator.config.numbers import as_truth, as_whole
from emulator.hardware import build, entries
from emulator.hardware.memory import read_bytes, write_bytes
from emulator.native.engine import Engine
from emulator.paging.modes import MODES
from emulator.world.hart import MOST_READS

SIZES = (1, 2, 4, 8)
MOST_BASE = (1 << 56) - PAGE_BYTES  # physical addresses have 56 bits
MANY = 1 << 16  # addresses translated between two looks for compiled code
OUTCOME = np.dtype(
    [("pa", np.int64), ("fault", np.int64), ("cause", np.int64), ("cycles", np.int64), ("references", np.int64)]
)

T = TypeVar("T")


@dataclass(frozen=True)
class Translation:
    """What became of one access."""

    pa: int | None  # physical address, None when refused
    fault: Fault | None  # why it was refused, None when it was not
    cause: int | None  # the number of the architecture's exception: on x86-64 14, a page fault, or 13; on arm64 ESR.EC
    error: int | None  # the error code that x86-64 pushes: P 0, W/R 1, U/S 2, RSVD 3, I/D 4; ESR.ISS; None on RISC-V
    tval: int | None  # the address that the exception reports (F51)
    cycles: int
    references: tuple[int, ...]  # physical addresses of the PTEs that walks read, in order
    gpa: int | None = None  # the guest physical address that the host's tables refuse; None for any other fault


class PhysicalMemory:
    """Physical memory from `start` on, `size` bytes, little-endian."""

    __slots__ = ("_size", "_start", "_words")

    def __init__(self, words: npt.NDArray[np.int64], start: int) -> None:
        self._words, self._start, self._size = words, start, len(words) * 8

    @property
    def start(self) -> int:
        """The physical address of its first byte."""
        return self._start

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size

    def write(self, pa: int, value: int, size: int = 8) -> None:
        """Write the low `size` (1, 2, 4, 8) bytes of `value`, a 64-bit number. Raises ConfigError outside memory."""
        place, size = self._place(pa, size)
        value = as_whole(value, "value", -(1 << 63), (1 << 64) - 1)
        write_bytes(self._words, place, (value & ((1 << 8 * size) - 1)).to_bytes(size, "little"))

    def read(self, pa: int, size: int = 8) -> int:
        """Return `size` (1, 2, 4, 8) bytes as an unsigned number. Raises ConfigError outside memory."""
        place, size = self._place(pa, size)
        return int.from_bytes(read_bytes(self._words, place, size), "little")

    def _place(self, pa: int, size: int) -> tuple[int, int]:
        """Return where in memory `size` bytes at `pa` are, and the size, as ints."""
        size = _size(size)
        pa = as_whole(pa, "pa", -(1 << 64), 1 << 64)
        if not self._start <= pa <= self._start + self._size - size:
            raise ConfigError(f"address {pa:#x} is outside memory ({self._start:#x}-{self._start + self._size:#x})")
        return pa - self._start, size


class Switch:
    """A switch of an Mmu's mode, on or off; reading or setting one that its architecture has not is a ConfigError."""

    def __init__(self, meaning: str) -> None:
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, mmu: "Mmu", owner: type | None = None) -> bool:
        return mmu._switches_with(self._name)[self._name]

    def __set__(self, mmu: "Mmu", on: bool) -> None:
        on = as_truth(on, self._name)
        mmu._enter(mmu._privilege, {**mmu._switches_with(self._name), self._name: on})


class Mmu:
    """Translates addresses as a hart's MMU does; the caller writes page tables into `memory`.

    `root` is the physical address of the root table, `asid` 0-4095, `privilege` "user" or "supervisor"; switches are
    those of `sstatus` (`sum`, `mxr`), of CR0, CR4, EFLAGS and EFER (`wp`, `smep`, `smap`, `ac`, `nxe`), or of PSTATE
    and SCTLR (`pan`, `wxn`); "supervisor" is EL1 on arm64, and `root` what TTBR0 says. Setting any
    of them takes effect at once and flushes nothing (F16, F21, F32). Whole numbers may be NumPy's. `engine` is as that
    of `Machine`; `extensions` are those of RISC-V's page tables, "svnapot+svpbmt" for both, the profile's if not given.
    With `host`, a mode of paging too, it is that of a hart that runs a guest: `paging` and `root` are the guest's, and
    what its tables say are guest physical addresses, which tables of the host translate that begin at `host_root`.
    A fence drops what TLBs hold of both. Raises ConfigError for what none of them can be and for a switch that the
    architecture has not, AttributeError for an attribute that there is not.
    """

    __slots__ = (
        "_architecture",
        "_engine",
        "_harts",
        "_host",
        "_memory",
        "_paging",
        "_privilege",
        "_switches",
        "_world",
    )

    def __init__(
        self,
        profile: str | Profile = "skylake",
        paging: str = "sv39",
        memory: str | int = "64MiB",
        memory_base: int = 0,
        ad: str = "svadu",
        engine: str | None = None,
        extensions: str | None = None,
        host: str | None = None,
    ) -> None:
        more = {} if extensions is None else {"extensions": extensions}
        config = Config.make(profile=profile, overrides=more, paging=paging, memory=memory, ad=ad)
        memory_base = as_whole(memory_base, "memory_base", 0, MOST_BASE)
        if memory_base % PAGE_BYTES:
            raise ConfigError(f"memory_base: {memory_base:#x} is not a multiple of {PAGE_BYTES}")
        try:
            words = allocate(config.memory)
        except (MemoryError, OSError):
            raise ConfigError(f"memory: this computer has no {size_text(config.memory)} to spare") from None
        self._world = build.build(config, words, memory_base)
        self._harts, self._host = self._world.harts, host
        if host is not None:
            build.enter_host(self._harts, _word("host", host, {name: name for name in MODES}), config.ad == "svade")
        self._engine = Engine(self._world, engine)
        self._memory = PhysicalMemory(words, memory_base)
        self._paging, self._architecture = config.paging, MODES[config.paging].architecture
        self._privilege, self._switches = Privilege.USER, self._architecture.switches
        self.root = memory_base

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
        pa = as_whole(pa, "root", 0, MOST_BASE)
        if pa % PAGE_BYTES:
            raise ConfigError(f"root: {pa:#x} is not a multiple of {PAGE_BYTES}")
        self._harts["root"] = pa - self.memory.start

    @property
    def host_root(self) -> int:
        """The physical address of the host's root table. Raises ConfigError where there is no host."""
        self._hosted()
        return int(self._harts["host"]["root"][0]) + self.memory.start

    @host_root.setter
    def host_root(self, pa: int) -> None:
        self._hosted()
        pa = as_whole(pa, "host_root", 0, MOST_BASE)
        if pa % PAGE_BYTES:
            raise ConfigError(f"host_root: {pa:#x} is not a multiple of {PAGE_BYTES}")
        self._harts["host"]["root"] = pa - self.memory.start

    def _hosted(self) -> None:
        if self._host is None:
            raise ConfigError("host_root: there is no host; Mmu(host='sv39') has one")

    @property
    def asid(self) -> int:
        """The address-space identifier that look-ups and fills carry."""
        return int(self._harts["asid_bits"][0]) >> ASID_SHIFT & (ASID_LIMIT - 1)

    @asid.setter
    def asid(self, asid: int) -> None:
        self._harts["asid_bits"] = self._asid_bits(asid)

    @property
    def privilege(self) -> str:
        """The mode that accesses are made in: "user" or "supervisor"."""
        return str(self._privilege.name.lower())

    @privilege.setter
    def privilege(self, name: str) -> None:
        known = {mode.name.lower(): mode for mode in Privilege}
        self._enter(_word("privilege", name, known), self._switches)

    sum = Switch("Whether the supervisor may access user pages (RISC-V).")
    mxr = Switch("Whether pages that may be executed may be read (RISC-V).")
    wp = Switch("CR0.WP: whether the supervisor, too, writes only to pages that may be written (x86-64).")
    smep = Switch("CR4.SMEP: whether the supervisor fetches from no user page (x86-64).")
    smap = Switch("CR4.SMAP: whether the supervisor accesses no user page unless `ac` is set (x86-64).")
    ac = Switch("EFLAGS.AC (x86-64).")
    pan = Switch("PSTATE.PAN: whether EL1 accesses no page that EL0 may access, but for fetches (arm64).")
    wxn = Switch("SCTLR.WXN: whether what may be written is not executed (arm64).")
    nxe = Switch("EFER.NXE: whether XD denies fetches; else it is reserved (x86-64).")

    def translate(self, va: int, access: str = "load", size: int = 8) -> Translation:
        """Translate one access of `size` bytes at `va` (any 64-bit number): load, store, fetch, amo or lr.

        An access that crosses a page needs both pages; `pa` is that of its first byte. Raises ConfigError for an
        unknown access or size.
        """
        kind, size, va = _access(access), _size(size), _address(va)
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

    def translate_many(self, vas: npt.NDArray[np.int64], access: str = "load") -> npt.NDArray[Any]:
        """Translate 8-byte accesses at `vas`, integers of shape (n,), in order.

        Returns a structured array of shape (n,): `pa` (-1 when refused), `fault` (`Fault`, 0 for none), `cause` (-1
        for none), `cycles`, `references` (how many PTEs were read). Raises
        ConfigError for an unknown access, and for what is no such array: floats, truth values, two dimensions.
        """
        kind, vas = _access(access), _addresses(vas)
        found = np.zeros((len(vas), 4), np.int64)
        for first in range(0, len(vas), MANY):
            self._engine.look()
            part = slice(first, first + MANY)
            entries.translate_all(self._world, vas[part], kind.value, found[part].reshape(-1))
        outcome = np.zeros(len(vas), OUTCOME)
        causes = np.array([-1] + [self._architecture.cause(fault, kind, self._privilege) for fault in list(Fault)[1:]])
        outcome["pa"] = np.where(found[:, 0] >= 0, found[:, 0] + self.memory.start, -1)
        outcome["fault"] = found[:, 1]
        outcome["cause"] = causes[found[:, 1]]
        outcome["cycles"], outcome["references"] = found[:, 2], found[:, 3]
        return outcome

    def fence(self, va: int | None = None, asid: int | None = None) -> None:
        """Do what SFENCE.VMA does: for one address or all, one address space (sparing global entries) or all (F21)."""
        bits = self._asid_bits(asid) if asid is not None else 0
        entries.fence_one(self._world, _address(0 if va is None else va), bits, va is not None, asid is None)

    @property
    def counters(self) -> dict[str, int]:
        """The counters so far, by dotted name."""
        return counters_of(self._harts[0])

    def _enter(self, privilege: Privilege, switches: Mapping[str, bool]) -> None:
        self._privilege, self._switches = privilege, switches
        build.enter_mode(self._harts, 0, privilege, self._architecture.switched(switches))

    def _switches_with(self, name: str) -> Mapping[str, bool]:
        """Return the switches, of which `name` is one. Raises ConfigError where the architecture has it not."""
        if name not in self._switches:
            raise ConfigError(f"{name}: {self._paging} has no such switch; {', '.join(self._switches)} are right")
        return self._switches

    @staticmethod
    def _asid_bits(asid: int) -> int:
        return _signed(as_whole(asid, "asid", 0, ASID_LIMIT - 1) << ASID_SHIFT)


def _access(name: str) -> Access:
    return _word("access", name, {access.name.lower(): access for access in Access})


def _word(key: str, name: str, known: dict[str, T]) -> T:
    if not isinstance(name, str) or name not in known:
        near = nearest(name, known) if isinstance(name, str) else ""
        raise ConfigError(f"{key}: '{shown(name)}'; one of {', '.join(known)} is right{near}")
    return known[name]


def _size(size: int) -> int:
    size = as_whole(size, "size", -(1 << 64), 1 << 64)
    if size not in SIZES:
        raise ConfigError(f"size: {size} bytes; 1, 2, 4 or 8 is right")
    return size


def _address(va: int) -> int:
    """Return a virtual address, signed or unsigned, as compiled code takes it."""
    return _signed(as_whole(va, "va", -(1 << 63), (1 << 64) - 1))


def _addresses(vas: object) -> npt.NDArray[np.int64]:
    """Return virtual addresses as compiled code takes them."""
    found = vas if isinstance(vas, np.ndarray) else np.array(vas, object)
    if found.ndim != 1 or (len(found) and found.dtype.kind not in "iuO"):
        raise ConfigError(f"vas: {found.dtype} of shape {found.shape}; integers of shape (n,) are right")
    if found.dtype == object:
        return np.array([_address(va) for va in found], np.int64)
    return np.ascontiguousarray(found).astype(np.uint64).view(np.int64)


def _signed(value: int) -> int:
    """Return the 64-bit pattern of `value` as the signed number that compiled code works on."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value
