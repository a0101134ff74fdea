"""What a profile may say: the geometry, latencies and prices of one machine, each with where its figure comes from.

A profile is a TOML file of these tables. `source` is never empty: it names who published or measured the figure, or
begins with `assumed` and gives the reason.

    name, summary, clock_ghz
    [tlb.l1d]     entries, ways, source         entries = 0: there is none; any number of sets
    tlb.l1d_2m    the same, or "l1d"            pages of 2 MiB are in the array of 4 KiB pages, too; so for 1g, l1i, l2
    [tlb.l2]      inclusive                     true: what the second level gives up leaves the first; false if left out
    [walk_cache.pde]  entries, ways, source     pointers at level 1; pdpte, pml4e, pml5e at those above; left out: none
    [cache.l1d]   size, ways, latency, source   lines of 64 bytes; latency in cycles from the start of a load
                  policy                        of either, a name in `emulator.config.replacement`; "lru" if left out
    [dram]        latency, source
    [bulk]        overlap, source               line misses that a page copy keeps in flight
    [overlap]     walkers, loads, source        page walks, and loads that depend on no other, in flight; 1 if left out
    [price.pte]   cycles, source                one table for each row of `PRICES` in `emulator.base.names`
    [setting.pti] value, source                 what this machine has of a setting unless it is told otherwise

With `based_on = "skylake"` a profile says only what differs from that one, row by row. The `source` of a figure that
was set so that one published figure comes out right begins with `calibrated on`, that figure's name, and a colon.
"""

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import msgspec

from emulator.base.errors import ConfigError, nearest, printable, shown
from emulator.base.names import PRICES
from emulator.config import replacement
from emulator.config.sizes import parse_size

LINE_BYTES = 64

# What the hardware's fixed arrays hold: one compilation serves every geometry up to these.
TLB_L1_ENTRIES = 512
TLB_L2_ENTRIES = 8192
CACHE_L1_LINES = 4096  # 256 KiB
CACHE_L2_LINES = 64 * CACHE_L1_LINES  # 16 MiB
CACHE_L3_LINES = 256 * CACHE_L1_LINES  # 64 MiB

TLB_LIMITS = {
    "l1i": TLB_L1_ENTRIES,
    "l1i_2m": TLB_L1_ENTRIES,
    "l1i_1g": TLB_L1_ENTRIES,
    "l1d": TLB_L1_ENTRIES,
    "l1d_2m": TLB_L1_ENTRIES,
    "l1d_1g": TLB_L1_ENTRIES,
    "l2": TLB_L2_ENTRIES,
    "l2_2m": TLB_L2_ENTRIES,
    "l2_1g": TLB_L2_ENTRIES,
}
SHARED = {name: name.partition("_")[0] for name in TLB_LIMITS if "_" in name}  # what may hold these pages, too
WALK_CACHES = ("pde", "pdpte", "pml4e", "pml5e")  # from the pointers at level 1 upwards
CACHE_LIMITS = {"l1i": CACHE_L1_LINES, "l1d": CACHE_L1_LINES, "l2": CACHE_L2_LINES, "l3": CACHE_L3_LINES}
SETTABLE = ("ad", "asid_bits", "extensions", "negative", "paging", "pti", "tick")  # of a machine, not of a run
MOST_IN_FLIGHT = 1024
MAX_CYCLES = 10**9  # a price above this is a slip of the keyboard, and sums must stay far from 2**63

Whole = Annotated[int, msgspec.Meta(ge=-(10**18), le=10**18)]  # beyond that no figure is meant; it has a short text


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of a profile: what it does not know, it refuses."""


class TlbArray(Table, frozen=True):
    """One TLB array for one page size; `entries` 0 means the machine has none."""

    entries: Whole
    ways: Whole
    source: str
    policy: str = "lru"


class SecondTlb(TlbArray, frozen=True):
    """The second level; `inclusive`: an entry that it gives up, for want of room, leaves the first level too."""

    inclusive: bool = False


class Tlbs(Table, frozen=True):
    """All TLB arrays; names ending in `_2m` and `_1g` hold superpages, or name the array that holds these, too.

    Without `l2_2m`, 2 MiB pages share `l2`.
    """

    l1i: TlbArray
    l1i_2m: TlbArray | str
    l1i_1g: TlbArray | str
    l1d: TlbArray
    l1d_2m: TlbArray | str
    l1d_1g: TlbArray | str
    l2: SecondTlb
    l2_1g: TlbArray | str
    l2_2m: TlbArray | str = "l2"


NO_WALK_CACHE = TlbArray(0, 1, "the profile names none")


class WalkCaches(Table, frozen=True):
    """Caches of pointers, by what x86 calls the entries: the lowest lead to tables of 4 KiB pages."""

    pde: TlbArray = NO_WALK_CACHE
    pdpte: TlbArray = NO_WALK_CACHE
    pml4e: TlbArray = NO_WALK_CACHE
    pml5e: TlbArray = NO_WALK_CACHE


class CacheArray(Table, frozen=True):
    """One cache; `latency` in cycles from the start of a load to its value."""

    size: str
    ways: Whole
    latency: Whole
    source: str
    policy: str = "lru"

    @property
    def bytes(self) -> int:
        """The size in bytes."""
        return parse_size(self.size)

    @property
    def lines(self) -> int:
        """How many lines it holds."""
        return self.bytes // LINE_BYTES


class Caches(Table, frozen=True):
    """First level of each kind, then the second, then the third, which all harts share."""

    l1i: CacheArray
    l1d: CacheArray
    l2: CacheArray
    l3: CacheArray


class Dram(Table, frozen=True):
    """Memory behind the last cache; `latency` in cycles from the start of a load to its value."""

    latency: Whole
    source: str


class Bulk(Table, frozen=True):
    """Page copies: `overlap` line misses are in flight at a time."""

    overlap: Whole
    source: str


class Overlap(Table, frozen=True):
    """Loads that depend on no other: so many `walkers` walk for them, so many `loads` are in flight at a time."""

    source: str
    walkers: Whole = 1
    loads: Whole = 1


class PriceRow(Table, frozen=True):
    """What one piece of work costs."""

    cycles: Whole
    source: str


class SettingRow(Table, frozen=True):
    """What a machine has of a setting unless a user says otherwise."""

    value: Whole | str
    source: str


class Profile(Table, frozen=True):
    """One machine: geometry, latencies, prices, and settings that are not the usual ones."""

    name: str
    summary: str
    clock_ghz: float
    tlb: Tlbs
    cache: Caches
    dram: Dram
    bulk: Bulk
    price: dict[str, PriceRow]
    overlap: Overlap = Overlap("assumed: a hart in order, which does one thing after the other")
    setting: dict[str, SettingRow] = {}
    walk_cache: WalkCaches = WalkCaches()


def check(profile: Profile, file: str) -> None:
    """Raise `ConfigError` naming `file`, the key and what would be right, for the first value that makes no machine."""
    for problem in _problems(profile):
        raise ConfigError(f"{file}: {printable(problem)}")


def _problems(profile: Profile) -> Iterator[str]:
    if not profile.name.strip():
        yield "name: is empty"
    if not 0 < profile.clock_ghz < 1000:
        yield f"clock_ghz: {profile.clock_ghz} is no clock; a number above 0 and below 1000 is right"
    for name, limit in TLB_LIMITS.items():
        array = getattr(profile.tlb, name)
        if not isinstance(array, str):
            yield from _tlb_problems(f"tlb.{name}", array, limit)
        elif array != SHARED[name]:
            yield f"tlb.{name}: '{shown(array)}' holds no such pages; '{SHARED[name]}' or entries and ways are right"
    for name in WALK_CACHES:
        yield from _tlb_problems(f"walk_cache.{name}", getattr(profile.walk_cache, name), TLB_L1_ENTRIES)
    for name, limit in CACHE_LIMITS.items():
        yield from _cache_problems(f"cache.{name}", getattr(profile.cache, name), limit)
    yield from _cycle_problems("dram.latency", profile.dram.latency, 0)
    yield from _source_problems("dram", profile.dram.source)
    if not 1 <= profile.bulk.overlap <= MOST_IN_FLIGHT:
        yield f"bulk.overlap: {profile.bulk.overlap} misses in flight; 1 to {MOST_IN_FLIGHT} is right"
    yield from _source_problems("bulk", profile.bulk.source)
    for name in ("walkers", "loads"):
        number = getattr(profile.overlap, name)
        if not 1 <= number <= MOST_IN_FLIGHT:
            yield f"overlap.{name}: {number} in flight; 1 to {MOST_IN_FLIGHT} is right"
    yield from _source_problems("overlap", profile.overlap.source)
    known = {row.name: row.meaning for row in PRICES}
    for name, row in profile.price.items():
        if name not in known:
            yield f"price.{name}: is no price{nearest(name, known)}"
        yield from _cycle_problems(f"price.{name}.cycles", row.cycles, 1 if name == "base" else 0)
        yield from _source_problems(f"price.{name}", row.source)
    for name, meaning in known.items():
        if name not in profile.price:
            yield f"price.{name}: is missing ({meaning})"
    for name, setting in profile.setting.items():
        if name not in SETTABLE:
            right = f"{', '.join(SETTABLE)} are right"
            yield f"setting.{name}: is no setting of a profile{nearest(name, SETTABLE)} ({right})"
        yield from _source_problems(f"setting.{name}", setting.source)


def _tlb_problems(key: str, array: TlbArray, limit: int) -> Iterator[str]:
    if not 0 <= array.entries <= limit:
        yield f"{key}.entries: {array.entries} entries; 0 (there is none) to {limit} is right"
    if array.ways < 1:
        yield f"{key}.ways: {array.ways} ways; 1 or more is right"
    elif array.entries % array.ways:
        yield f"{key}: {array.entries} entries are not a multiple of {array.ways} ways"
    else:
        yield from replacement.problems(key, array.policy, array.ways if array.entries else 1)
    yield from _source_problems(key, array.source)


def _cache_problems(key: str, array: CacheArray, limit: int) -> Iterator[str]:
    try:
        size = parse_size(array.size, f"{key}.size")
    except ConfigError as error:
        yield error.message
        return
    if array.ways < 1:
        yield f"{key}.ways: {array.ways} ways; 1 or more is right"
    elif size % (array.ways * LINE_BYTES):
        yield f"{key}: {array.size} is not a multiple of {array.ways} ways of {LINE_BYTES}-byte lines"
    elif array.lines > limit:
        yield f"{key}.size: {array.size} is more than the {limit} lines of {LINE_BYTES} bytes that fit here"
    else:
        yield from replacement.problems(key, array.policy, array.ways)
    yield from _cycle_problems(f"{key}.latency", array.latency, 0)
    yield from _source_problems(key, array.source)


def _cycle_problems(key: str, cycles: int, least: int) -> Iterator[str]:
    if not least <= cycles <= MAX_CYCLES:
        yield f"{key}: {cycles} cycles; {least} to {MAX_CYCLES} is right"


def _source_problems(key: str, source: str) -> Iterator[str]:
    if not source.strip():
        yield f"{key}.source: is empty; say where the figure comes from, or 'assumed' and why"
    elif source.strip() == "assumed":
        yield f"{key}.source: 'assumed' needs its reason"


def read_profile(tables: dict[str, object], file: str) -> Profile:
    """Return the profile that `tables` (parsed TOML) describe; raises `ConfigError` naming `file` and the key."""
    try:
        profile = msgspec.convert(tables, Profile)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{file}: {printable(_reworded(str(error)))}") from error
    check(profile, file)
    return profile


def _reworded(message: str) -> str:
    """Put msgspec's `What - at `$.key`` as `key: what`, with the nearest known field for an unknown one."""
    what, _, place = message.partition(" - at ")
    key = place.strip("`").removeprefix("$").lstrip(".").replace("[...]", ".<name>").lstrip(".")
    path = partial("{}.{}".format, key) if key else str
    if what.startswith("Object contains unknown field"):
        field = what.split("`")[1]
        return f"{path(field)}: unknown key{nearest(field, _fields_at(key))}"
    if what.startswith("Object missing required field"):
        return f"{path(what.split('`')[1])}: is missing"
    return f"{key}: {what[0].lower()}{what[1:]}".replace("`", "'")


def _fields_at(key: str) -> list[str]:
    """Return the field names of the table at dotted `key` of a profile."""
    tables: dict[str, type[msgspec.Struct]] = {
        "": Profile,
        "tlb": Tlbs,
        "walk_cache": WalkCaches,
        "cache": Caches,
        "dram": Dram,
        "bulk": Bulk,
        "overlap": Overlap,
    }
    rows: dict[str, type[msgspec.Struct]] = {
        "tlb": SecondTlb if key == "tlb.l2" else TlbArray,
        "walk_cache": TlbArray,
        "cache": CacheArray,
        "price": PriceRow,
        "setting": SettingRow,
    }
    table: type[msgspec.Struct] = tables.get(key) or rows.get(key.split(".")[0], Profile)
    return [field.name for field in msgspec.structs.fields(table)]
