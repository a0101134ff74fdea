"""Invalidation strategies by name: what `--flush` takes, and what each of them may be joined with.

A choice is one *reach*, how much a hart drops, and any strategies that bear on something else, joined by `+`:
`ceiling:33+lazy+concurrent`. A strategy is a row here and a module in `emulator/kernel/invalidation`, which the row
names; the kernel asks it where it can step in (`kernel/invalidation/hooks.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from emulator.base.errors import ConfigError, nearest, shown
from emulator.config.kinds import Kind

MOST_PAGES = 10**9 - 1
MOST_SLOTS = 64
NOWHERE: Mapping[str, str] = {}


class Need(NamedTuple):
    """A setting that a strategy cannot do without: its name, the value that is right, and the reason."""

    setting: str
    right: str
    reason: str


class Strategy(NamedTuple):
    """One strategy: its group (at most one of a group is chosen), what it does, its number, what it goes ill with.

    When it is chosen, the field of its name in the policy record is its number, 1 for one that takes none; else 0.
    """

    name: str
    group: str
    meaning: str
    argument: str = ""  # what stands after the colon, "" for nothing
    default: int | None = None  # its value where it is left out, None where it must be given
    least: int = 1
    most: int = 0
    against: Mapping[str, str] = NOWHERE  # strategies that it contradicts, each with the reason
    needs: Need | None = None
    ticks: bool = False  # harts need a tick
    replicates: bool = False  # NUMA nodes walk page tables of their own
    module: str = ""  # from `emulator.kernel.invalidation` on; "": it is `strategies.`, and its own name

    @property
    def field(self) -> str:
        """Its name as that of a field or module."""
        return self.name.replace("-", "_")

    @property
    def path(self) -> str:
        """Where its module is, from `emulator.kernel.invalidation` on."""
        return self.module or f"strategies.{self.field}"

    @property
    def written(self) -> str:
        """How it is written."""
        if not self.argument:
            return self.name
        return f"{self.name}:{self.argument}" if self.default is None else f"{self.name}[:{self.argument}]"


STRATEGIES = (
    Strategy(
        "ceiling",
        "reach",
        "page by page up to N pages, beyond that the address space",
        argument="N",
        least=0,
        most=MOST_PAGES,
        module="reach",
    ),
    Strategy("asid", "reach", "always the address space", module="reach"),
    Strategy("full", "reach", "always everything", module="reach"),
    Strategy("broadcast", "transport", "an instruction for each page reaches all TLBs (TLBI IS): no interrupt"),
    Strategy("tlbi-range", "transport", "the same for ranges of pages (TLBI RVAE1IS)"),
    Strategy(
        "invlpgb",
        "transport",
        "the same for some pages at a time, where N harts are active (INVLPGB); interrupts elsewhere",
        argument="N",
        default=3,
        most=256,
    ),
    Strategy("directory", "transport", "hardware knows which TLBs hold a page (UNITD, DiDi): no interrupt"),
    Strategy(
        "latr",
        "transport",
        "munmap is postponed: harts sweep at ticks and switches, frames are held until then",
        against={"batch": "both postpone munmap", "gather": "what is postponed is one piece, however large"},
        ticks=True,
        module="postponed.latr",
    ),
    Strategy("rar", "transport", "harts drop what they are told by themselves (Intel RAR): no interrupt, no handler"),
    Strategy(
        "gen",
        "gen",
        "harts that run something else flush when they return",
        argument="N",
        default=6,
        most=MOST_SLOTS,
    ),
    Strategy(
        "lazy",
        "lazy",
        "idle harts are not told: they flush when they return",
        against={
            "broadcast": "a broadcast reaches idle harts too",
            "tlbi-range": "a broadcast reaches idle harts too",
            "directory": "a directory reaches idle harts too",
        },
    ),
    Strategy(
        "pv-flush",
        "pv-flush",
        "harts that their host has preempted are not told: it flushes before they run again (KVM)",
        against={
            "broadcast": "a broadcast interrupts nobody",
            "tlbi-range": "a broadcast interrupts nobody",
            "directory": "a directory interrupts nobody",
        },
    ),
    Strategy(
        "gather",
        "gather",
        "unmapping flushes once for every N pages, not once for all",
        argument="N",
        most=MOST_PAGES,
    ),
    Strategy(
        "batch",
        "gather",
        "unmapping notes harts, not addresses, and flushes once for several calls",
        module="postponed.batch",
    ),
    Strategy(
        "luf",
        "gather",
        "unmapping what cannot be written to is flushed for when the frames are wanted again (LUF)",
        against={"latr": "both postpone munmap"},
        module="postponed.luf",
    ),
    Strategy(
        "concurrent",
        "concurrent",
        "interrupts are sent first: the own flush overlaps with theirs",
        against={
            "broadcast": "a broadcast sends no interrupts",
            "tlbi-range": "a broadcast sends no interrupts",
            "directory": "a directory sends no interrupts",
        },
    ),
    Strategy(
        "early-ack",
        "early-ack",
        "a hart answers before it flushes",
        against={
            "broadcast": "a broadcast has no answers",
            "tlbi-range": "a broadcast has no answers",
            "directory": "a directory has no answers",
            "rar": "no handler runs there that could answer before",
        },
    ),
    Strategy(
        "abis",
        "abis",
        "pages that only one hart has used are flushed there alone (access bits)",
        against={
            "broadcast": "a broadcast cannot spare a hart",
            "tlbi-range": "a broadcast cannot spare a hart",
            "directory": "a directory knows already which harts hold a page",
        },
        needs=Need("ad", "svadu", "the hardware has to set access bits"),
    ),
    Strategy(
        "numapte",
        "numapte",
        "page tables are copied to the NUMA nodes that walk them, and only those are told (numaPTE)",
        against={
            "broadcast": "a broadcast cannot spare a hart",
            "tlbi-range": "a broadcast cannot spare a hart",
            "directory": "a directory knows already which harts hold a page",
            "abis": "both say by PTEs who need not be told",
        },
        replicates=True,
    ),
    Strategy("upgrade", "upgrade", "no flush where a PTE only grants more"),
    Strategy("cow-local", "cow-local", "the restarted store replaces the hart's own entry after copy-on-write"),
    Strategy(
        "svinval",
        "svinval",
        "a range's pages are dropped in one batch, ordered at its ends (RISC-V Svinval)",
        against={
            **dict.fromkeys(("broadcast", "tlbi-range", "invlpgb", "rar"), "that is another instruction set's"),
            "latr": "its sweeps drop page by page",
        },
    ),
    Strategy("valid-fence", "valid-fence", "a PTE that becomes valid is fenced for (RISC-V without Svvptc)"),
    Strategy("fork-regions", "fork-regions", "fork flushes once for each region, not once at its end"),
)
BY_NAME = {strategy.name: strategy for strategy in STRATEGIES}


@dataclass(frozen=True)
class Flush:
    """What `--flush` says, read: the strategies that were chosen, in the order of its text, each with its number."""

    text: str
    chosen: Mapping[str, int]  # 1 for one that takes no number

    @property
    def reach(self) -> str:
        """The strategy that says how much a hart drops."""
        return next(name for name in self.chosen if BY_NAME[name].group == "reach")

    @property
    def ticks(self) -> bool:
        """Whether harts need a tick."""
        return any(BY_NAME[name].ticks for name in self.chosen)

    @property
    def replicates(self) -> bool:
        """Whether NUMA nodes walk page tables of their own."""
        return any(BY_NAME[name].replicates for name in self.chosen)

    def check(self, settings: Mapping[str, object]) -> None:
        """Raise ConfigError where another setting of the machine is not what a strategy needs."""
        for name in self.chosen:
            need = BY_NAME[name].needs
            if need and settings[need.setting] != need.right:
                raise ConfigError(
                    f"flush: {name} contradicts {need.setting}={settings[need.setting]}: {need.reason}; "
                    f"{need.setting}={need.right} is right"
                )

    def __str__(self) -> str:
        return self.text


class Joined(Kind):
    """Strategies joined by `+`."""

    def take(self, name: str, value: object) -> Flush:
        """Return what `value`, a text, says."""
        return value if isinstance(value, Flush) else parse_flush(str(super().take(name, value)))


def parse_flush(text: str) -> Flush:
    """Return the strategies that `text` names; exactly one of them is a reach.

    Raises ConfigError for an unknown, contradictory or incomplete choice.
    """
    chosen: dict[str, int] = {}
    for word in text.split("+"):
        strategy, number = _read(word.strip())
        other = next((known for known in chosen if BY_NAME[known].group == strategy.group), None)
        if other is not None:
            twice = "twice" if other == strategy.name else f"beside {other}: only one of them can be"
            raise ConfigError(f"flush: '{shown(text)}': {strategy.name} stands there {twice}")
        chosen[strategy.name] = number
    if all(BY_NAME[name].group != "reach" for name in chosen):
        raise ConfigError(
            f"flush: '{shown(text)}' does not say how much to flush; {_one_of(written('reach'))} is right, "
            f"as in ceiling:33+{shown(text)}"
        )
    for strategy in STRATEGIES:
        for other, reason in strategy.against.items():
            if strategy.name in chosen and other in chosen:
                raise ConfigError(f"flush: '{shown(text)}': {strategy.name} contradicts {other}: {reason}")
    return Flush(text, chosen)


def _read(word: str) -> tuple[Strategy, int]:
    name, colon, argument = word.partition(":")
    strategy = BY_NAME.get(name)
    if strategy is None:
        known = ", ".join(row.written for row in STRATEGIES)
        raise ConfigError(f"flush: '{shown(word)}' is no flush strategy{nearest(name, BY_NAME)} ({known})")
    if not strategy.argument:
        if colon:
            raise ConfigError(f"flush: '{shown(word)}': {name} takes no number")
        return strategy, 1
    if not colon and strategy.default is not None:
        return strategy, strategy.default
    digits = argument.isascii() and argument.isdigit() and len(argument) < 10
    if not digits or not strategy.least <= int(argument) <= strategy.most:
        raise ConfigError(
            f"flush: '{shown(word)}' is no flush strategy: {name}:N with N from {strategy.least} to {strategy.most}, "
            f"such as {name}:{strategy.default or 33}, is right"
        )
    return strategy, int(argument)


def written(group: str) -> list[str]:
    """Return how the strategies of `group` are written."""
    return [strategy.written for strategy in STRATEGIES if strategy.group == group]


def _one_of(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def help_text() -> str:
    """Return what `--help` says of the option."""
    others = ", ".join(strategy.written for strategy in STRATEGIES if strategy.group != "reach")
    return f"{_one_of(written('reach'))}; with + any of {others}."
