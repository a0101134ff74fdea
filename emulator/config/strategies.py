"""Invalidation strategies by name: what `--flush` takes, and what each of them may be joined with.

A choice is one *reach*, how much a hart drops, and any strategies that bear on something else, joined by `+`:
`ceiling:33+lazy+concurrent`. How each works stands in its module in `emulator/kernel/invalidation`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from emulator.base.errors import ConfigError, nearest, shown

MOST_PAGES = 10**9 - 1
MOST_SLOTS = 64


class Strategy(NamedTuple):
    """One strategy: its group (at most one of a group is chosen), its argument, what it does."""

    name: str
    group: str
    meaning: str
    argument: str = ""  # what stands after the colon, "" for nothing
    default: int | None = None  # its value where it is left out, None where it must be given
    most: int = 0


STRATEGIES = (
    Strategy("ceiling", "reach", "page by page up to N pages, beyond that the address space", "N", None, MOST_PAGES),
    Strategy("asid", "reach", "always the address space"),
    Strategy("full", "reach", "always everything"),
    Strategy("broadcast", "transport", "one instruction reaches all TLBs (TLBI IS, INVLPGB): no interrupt"),
    Strategy("directory", "transport", "hardware knows which TLBs hold a page (UNITD, DiDi): no interrupt"),
    Strategy("latr", "transport", "munmap is postponed: harts sweep at ticks and switches, frames are held until then"),
    Strategy("gen", "gen", "harts that run something else flush when they return", "N", 6, MOST_SLOTS),
    Strategy("lazy", "lazy", "idle harts are not told: they flush when they return"),
    Strategy("gather", "gather", "unmapping flushes once for every N pages, not once for all", "N", None, MOST_PAGES),
    Strategy("batch", "gather", "unmapping notes harts, not addresses, and flushes once for several calls"),
    Strategy("concurrent", "concurrent", "interrupts are sent first: the own flush overlaps with theirs"),
    Strategy("early-ack", "early-ack", "a hart answers before it flushes"),
    Strategy("abis", "abis", "pages that only one hart has used are flushed there alone (access bits)"),
    Strategy("upgrade", "upgrade", "no flush where a PTE only grants more"),
    Strategy("cow-local", "cow-local", "the restarted store replaces the hart's own entry after copy-on-write"),
    Strategy("fork-regions", "fork-regions", "fork flushes once for each region, not once at its end"),
)
BY_NAME = {strategy.name: strategy for strategy in STRATEGIES}
REACHES = tuple(strategy.name for strategy in STRATEGIES if strategy.group == "reach")
CONTRADICTIONS = {
    ("early-ack", "broadcast"): "a broadcast has no answers",
    ("early-ack", "directory"): "a directory has no answers",
    ("concurrent", "broadcast"): "a broadcast sends no interrupts",
    ("concurrent", "directory"): "a directory sends no interrupts",
    ("lazy", "broadcast"): "a broadcast reaches idle harts too",
    ("lazy", "directory"): "a directory reaches idle harts too",
    ("abis", "broadcast"): "a broadcast cannot spare a hart",
    ("abis", "directory"): "a directory knows already which harts hold a page",
    ("latr", "batch"): "both postpone munmap",
    ("latr", "gather"): "what is postponed is one piece, however large",
}


def parse_flush(text: str) -> dict[str, int]:
    """Return the strategies that `text` names, in its order, with their arguments (1 for those that take none).

    Exactly one of them is a reach. Raises `ConfigError` for an unknown, contradictory or incomplete choice.
    """
    found: dict[str, int] = {}
    for word in text.split("+"):
        name, value = _read(text, word.strip())
        other = next((known for known in found if BY_NAME[known].group == BY_NAME[name].group), None)
        if other is not None:
            twice = "twice" if other == name else f"beside {other}: only one of them can be"
            raise ConfigError(f"flush: '{shown(text)}': {name} stands there {twice}")
        found[name] = value
    reach_of(found, text)
    for (first, second), reason in CONTRADICTIONS.items():
        if first in found and second in found:
            raise ConfigError(f"flush: '{shown(text)}': {first} contradicts {second}: {reason}")
    return found


def reach_of(found: Mapping[str, int], text: str = "") -> str:
    """Return which of the strategies `found` is the reach. Raises `ConfigError` naming `text` when none is."""
    for name in REACHES:
        if name in found:
            return name
    raise ConfigError(
        f"flush: '{shown(text)}' does not say how much to flush; ceiling:N, asid or full is right, "
        f"as in ceiling:33+{shown(text)}"
    )


def _read(text: str, word: str) -> tuple[str, int]:
    name, colon, argument = word.partition(":")
    strategy = BY_NAME.get(name)
    if strategy is None:
        known = ", ".join(map(_written, STRATEGIES))
        raise ConfigError(f"flush: '{shown(word)}' is no flush strategy{nearest(name, BY_NAME)} ({known})")
    if not strategy.argument:
        if colon:
            raise ConfigError(f"flush: '{shown(word)}': {name} takes no number")
        return name, 1
    if not colon and strategy.default is not None:
        return name, strategy.default
    least = 0 if name == "ceiling" else 1
    digits = argument.isascii() and argument.isdigit() and len(argument) < 10
    if not digits or not least <= int(argument) <= strategy.most:
        raise ConfigError(
            f"flush: '{shown(word)}' is no flush strategy: {name}:N with N from {least} to {strategy.most}, such as "
            f"{name}:{strategy.default or 33}, is right"
        )
    return name, int(argument)


def _written(strategy: Strategy) -> str:
    if not strategy.argument:
        return strategy.name
    return f"{strategy.name}:N" if strategy.default is None else f"{strategy.name}[:N]"
