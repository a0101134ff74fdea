"""Profiles as tables: which there are, and every figure of one with its source."""

from collections.abc import Iterator

from rich.table import Table

from emulator.config.schema import CacheArray, Profile, SecondTlb, TlbArray
from emulator.observe.tables import table

PAGES = {"2m": "2 MiB", "1g": "1 GiB"}


def profile_list(profiles: list[Profile]) -> Table:
    """Return the profiles, one row each."""
    rows = table("profile", ">GHz", "what it is")
    for profile in profiles:
        rows.add_row(profile.name, f"{profile.clock_ghz:g}", profile.summary)
    return rows


def profile_figures(profile: Profile) -> Table:
    """Return every figure of `profile` with its source, one row each."""
    rows = table("key", "value", "source")
    for figure in figures(profile):
        rows.add_row(*figure)
    return rows


def differences(one: Profile, other: Profile) -> Table:
    """Return the figures that differ between two profiles, one row each, with the source of the second one's."""
    rows = table("key", one.name, other.name, f"source, {other.name}")
    values = {key: value for key, value, _ in figures(one)}
    others = {key: (value, source) for key, value, source in figures(other)}
    for key in dict.fromkeys((*values, *others)):
        value, source = others.get(key, ("none", ""))
        if values.get(key, "none") != value:
            rows.add_row(key, values.get(key, "none"), value, source)
    return rows


def figures(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Yield every figure of `profile`: the key that `--set` takes, the value, its source."""
    yield "clock_ghz", f"{profile.clock_ghz:g}", "what turns cycles into time"
    for name in profile.tlb.__struct_fields__:
        array = getattr(profile.tlb, name)
        if isinstance(array, str):
            yield f"tlb.{name}", f"in {array}", f"{PAGES[name[-2:]]} pages share {array}"
        elif array.entries == 0:
            yield f"tlb.{name}", "none", array.source
        else:
            yield f"tlb.{name}", f"{array.entries} entries, {array.ways} ways{_policy(array)}", array.source
    for name in profile.walk_cache.__struct_fields__:
        array = getattr(profile.walk_cache, name)
        shape = f"{array.entries} entries, {array.ways} ways{_policy(array)}" if array.entries else "none"
        yield f"walk_cache.{name}", shape, array.source
    for name in profile.cache.__struct_fields__:
        cache = getattr(profile.cache, name)
        yield f"cache.{name}", f"{cache.size}, {cache.ways} ways{_policy(cache)}, {cache.latency} cycles", cache.source
    yield "dram.latency", f"{profile.dram.latency} cycles", profile.dram.source
    yield "bulk.overlap", f"{profile.bulk.overlap} misses", profile.bulk.source
    yield "overlap.walkers", f"{profile.overlap.walkers} walks", profile.overlap.source
    yield "overlap.loads", f"{profile.overlap.loads} loads", profile.overlap.source
    for name, row in profile.price.items():
        yield f"price.{name}", f"{row.cycles} cycles", row.source
    for name, setting in profile.setting.items():
        yield f"setting.{name}", str(setting.value), setting.source


def _policy(array: TlbArray | CacheArray) -> str:
    """Return how policies are said: true LRU, and that the levels of TLBs are independent, goes without saying."""
    policy = "" if array.policy == "lru" else f" ({array.policy})"
    return policy + (", inclusive" if isinstance(array, SecondTlb) and array.inclusive else "")
