"""Building the hardware that a configuration describes."""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.bits import LARGEST, LINE_BYTES, page_bytes
from emulator.base.names import PRICES, Privilege
from emulator.base.world import World
from emulator.config import Config
from emulator.config.replacement import LRU, NUMBERS, RANDOM, SRRIP
from emulator.config.schema import TLB_L1_ENTRIES, TLB_L2_ENTRIES, WALK_CACHES, CacheArray, Profile, TlbArray
from emulator.hardware.access import NOTHING
from emulator.hardware.cache import DRAM, L1, L2, L3
from emulator.hardware.turns import NOBODY
from emulator.paging import format as paging
from emulator.paging.architecture import Switched
from emulator.paging.modes import HOSTS, MODES, roots_of
from emulator.world.hart import APART, NO_LINE, NO_PAGE
from emulator.world.layout import new_world

Records = npt.NDArray[Any]

TLBS = {
    "itlb": "l1i",
    "itlb_2m": "l1i_2m",
    "itlb_1g": "l1i_1g",
    "dtlb": "l1d",
    "dtlb_2m": "l1d_2m",
    "dtlb_1g": "l1d_1g",
    "stlb": "l2",
    "stlb_2m": "l2_2m",
    "stlb_1g": "l2_1g",
}
HOLDING = {"itlb_holds": "l1i", "dtlb_holds": "l1d", "stlb_holds": "l2"}
FETCHING = ("itlb", "itlb_2m", "itlb_1g", "l1i")
ADVERSARIAL = {"itlb": TLB_L1_ENTRIES, "dtlb": TLB_L1_ENTRIES, "stlb": TLB_L2_ENTRIES}
ADVERSARIAL_WAYS = 16


def shape_harts(config: Config, harts: Records) -> None:
    """Give `harts` the geometry of `config`, in user mode with empty TLBs and caches."""
    profile = config.profile
    harts["number"] = np.arange(config.harts)
    harts["node"] = harts["number"] * config.numa.nodes // config.harts
    for ours, theirs in TLBS.items():
        array = getattr(profile.tlb, theirs)
        if not isinstance(array, str):
            _shape_tlb(harts[ours], array)
        _seed(harts[ours], f"tlb.{theirs}", config.seed)
    if config.tlb == "adversarial":
        for ours, entries in ADVERSARIAL.items():
            _shape(harts[ours], entries // ADVERSARIAL_WAYS, ADVERSARIAL_WAYS)
    for ours, theirs in HOLDING.items():
        sizes = (theirs, f"{theirs}_2m", f"{theirs}_1g")
        harts[ours] = sum((getattr(profile.tlb, name) == theirs or name == theirs) << n for n, name in enumerate(sizes))
    _shape_walk_caches(harts, config)
    harts["negative"] = config.negative
    harts["inclusive"] = profile.tlb.l2.inclusive and config.tlb != "adversarial"
    harts["plain"] = (harts["dtlb"]["ways"] > 0) & (harts["stlb"]["ways"] > 0) & (harts["inclusive"] == 0)
    harts["plain"] &= config.tlb != "adversarial"
    for name in ("l1i", "l1d", "l2"):
        _shape_cache(harts[name], getattr(profile.cache, name))
        _seed(harts[name], f"cache.{name}", config.seed)
    harts["settles"] = harts["itlb"]["ways"] > 0
    for name in FETCHING:
        harts["settles"] &= harts[name]["policy"] != SRRIP
    mode = MODES[config.paging]
    harts["format"], harts["levels"] = paging.FORMATS.index(mode.format), mode.levels
    harts["reserved"] = mode.architecture.reserved & ~config.extended()
    for above in range(1, mode.levels):
        harts["span_shift"][:, above - 1] = int(paging.span(harts[0], above)).bit_length() - 1
    harts["svade"] = config.ad == "svade"
    harts["fetch_line"] = NO_LINE
    harts["regs"][:, APART] = 1
    harts["passed"] = NO_PAGE
    harts["reservation"] = NOTHING
    for hart in range(config.harts):
        enter_mode(harts, hart, Privilege.USER, mode.architecture.switched(mode.architecture.switches))


def build(config: Config, memory: npt.NDArray[np.int64], memory_start: int = 0) -> World:
    """Return the world of a machine whose physical `memory` begins at `memory_start`: hardware, and no kernel yet."""
    world = new_world(memory)
    chip, profile = world.chip, config.profile
    chip.harts = config.harts
    chip.page_fence = MODES[config.paging].architecture.page_fence
    chip.adversary = config.tlb == "adversarial"
    world.turns.skew, world.turns.turn = config.skew, NOBODY
    shape_harts(config, world.harts)
    chip.memory_start = memory_start
    chip.memory_size = chip.hits_below = config.memory
    aligned = [memory_start % page_bytes(level) == 0 for level in range(LARGEST + 1)]
    chip.largest = max(level for level in range(LARGEST + 1) if aligned[level])
    prices = config.prices()
    chip.price = [prices[row.name] for row in PRICES]
    chip.nodes = config.numa.nodes
    chip.distance[: chip.nodes * chip.nodes] = np.ravel(config.numa.rows)
    chip.latency = _latencies(profile)
    chip.walkers, chip.loads = profile.overlap.walkers, profile.overlap.loads
    overlap = profile.bulk.overlap
    chip.bulk = [-(-cycles // overlap) for cycles in _latencies(profile)]
    _shape_cache(world.records["chip"]["l3"], profile.cache.l3)
    _seed(world.records["chip"]["l3"], "cache.l3", config.seed)
    return world


def _latencies(profile: Profile) -> list[int]:
    """Return the cycles to load from each level; index 0 is no level."""
    found = [0] * (DRAM + 1)
    found[L1], found[L2], found[L3] = profile.cache.l1d.latency, profile.cache.l2.latency, profile.cache.l3.latency
    found[DRAM] = profile.dram.latency
    return found


def _shape_tlb(tlbs: Records, array: TlbArray) -> None:
    if array.entries:
        tlbs["policy"] = NUMBERS[array.policy]
        tlbs["ghosts"] = tlbs["policy"] != LRU
        _shape(tlbs, array.entries // array.ways, array.ways)


def _shape_walk_caches(harts: Records, config: Config) -> None:
    """Shape a cache for each level of pointer; all that the architecture allows is as many as there is room for."""
    for place, name in enumerate(WALK_CACHES):
        caches, array = harts["walk_cache"][:, place], getattr(config.profile.walk_cache, name)
        _shape_tlb(caches, array)
        if config.tlb == "adversarial":
            _shape(caches, TLB_L1_ENTRIES // ADVERSARIAL_WAYS, ADVERSARIAL_WAYS)
        harts["has_walk_caches"] |= caches["ways"] > 0


def _shape_cache(caches: Records, array: CacheArray) -> None:
    caches["policy"] = NUMBERS[array.policy]
    _shape(caches, array.bytes // LINE_BYTES // array.ways, array.ways)
    caches["lru_mask"] = np.where(caches["policy"] == LRU, caches["set_mask"], -1)


def _shape(arrays: Records, sets: int, ways: int) -> None:
    arrays["sets"], arrays["ways"] = sets, ways
    arrays["set_mask"] = sets - 1 if sets & (sets - 1) == 0 else -1
    if np.any(arrays["policy"] != LRU):
        arrays["way"][..., : sets * ways] = np.tile(np.arange(ways), sets)


def _seed(arrays: Records, name: str, seed: int) -> None:
    """Let the array `name` of each hart draw other numbers, all of which `seed` decides."""
    if np.any(arrays["policy"] == RANDOM):
        first = [hashlib.sha256(f"{seed} {name} {hart}".encode()).digest()[:4] for hart in range(arrays["chance"].size)]
        arrays["chance"] = [int.from_bytes(number, "little") or 1 for number in first]


def enter_host(harts: Records, paging_mode: str, svade: bool) -> None:
    """Let harts run guests, whose tables are those that they have, under a host with tables of `paging_mode`.

    The host's root is where memory begins. Walk caches are not used: theirs would be of two dimensions.
    """
    mode, host = HOSTS[paging_mode], harts["host"]
    host["roots"], host["root"] = roots_of(paging_mode), 0
    harts["has_walk_caches"] = harts["plain"] = 0
    host["format"], host["levels"] = paging.FORMATS.index(mode.format), mode.levels
    host["reserved"] = mode.architecture.reserved
    host["lifted"] = mode.architecture.switched(mode.architecture.switches).lifted
    host["svade"] = svade and "svade" in mode.architecture.ads
    host["privilege"] = Privilege.USER.value


def enter_mode(harts: Records, hart: int, privilege: Privilege, switched: Switched) -> None:
    """Put hart number `hart` in a privilege mode with switches such as SUM and MXR."""
    harts["lifted"][hart] = switched.lifted
    paging.set_mode(harts[hart], privilege.value, int(switched.user_access), int(switched.exec_read))
