"""Options that commands share. What they say about the machine follows from the settings' rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from emulator.cli.groups import group, made_from, parameter
from emulator.config.override import split_override
from emulator.config.settings import BY_NAME, MACHINE_OPTIONS

# As help lists what is said of the machine; what is not named here comes last.
ORDER = ("profile", "harts", "paging", "memory", "fork", "flush", "ad", "tlb", "schedule", "seed")
BESIDE = {  # what says something of the machine, or of how it runs, and is no setting
    "profile": "Costs and geometry: a name or a .toml file.",
    "engine": "auto, plain (Python) or compiled: the results are the same.",
}


def option(name: str) -> Any:
    """Return the option that says `name` of the machine, as text."""
    return typer.Option(f"--{name}", help=BESIDE[name] if name in BESIDE else BY_NAME[name].option)


ProgramPath = Annotated[str, typer.Argument(metavar="PROGRAM", help="A source (.s) or a static RV64 ELF executable.")]
Arguments = Annotated[list[str] | None, typer.Argument(metavar="[ARGS]", help="The program's arguments, after `--`.")]
CheckStale = Annotated[str | None, typer.Option("--check-stale", metavar="[every]", help=BY_NAME["check_stale"].option)]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the profile.")]
Limit = Annotated[int | None, typer.Option("--max-instructions", min=1, help="Stop after so many instructions.")]
History = Annotated[
    str | None, typer.Option("--history", metavar="SIZE", help="Memory for the way back, as 1GiB; 256MiB by default.")
]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write the account as JSON; `-` prints it.")]
Html = Annotated[str | None, typer.Option("--html", metavar="FILE", help="Write it as a page to go through instead.")]
Trace = Annotated[
    str | None,
    typer.Option("--trace", metavar="FILE", help="Write the events: .csv, .jsonl, .parquet, .perfetto-trace."),
]
Ledger = Annotated[
    str | None,
    typer.Option(
        "--ledger", metavar="FILE", help="Write what became of frames: .csv, .jsonl, .parquet; `-` prints it."
    ),
]

NAMES = (*sorted(MACHINE_OPTIONS, key=[*ORDER, *MACHINE_OPTIONS].index), "engine")


@made_from(
    *(parameter(name, Annotated[str | None, option(name)]) for name in NAMES),
    parameter("sets", Sets),
    parameter("max_instructions", Limit),
)
@dataclass(frozen=True)
class Chosen:
    """What a command line says of the machine, by name, and of where the run stops."""

    options: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)  # `--set` options by key
    max_instructions: int | None = None

    @classmethod
    def of(cls, sets: list[str] | None, max_instructions: int | None, **options: str | None) -> "Chosen":
        """Return what the options given say."""
        given = {name: value for name, value in options.items() if value is not None}
        return cls(given, overrides_of(sets), max_instructions)

    def checking(self, stale: str | None) -> dict[str, Any]:
        """Return the options, with the checker of stale entries as `--check-stale` says, if it was given."""
        said = {} if stale is None else {"check_stale": True if stale == "1" else stale}
        return {**self.options, **said}


def overrides_of(sets: list[str] | None) -> dict[str, str]:
    """Return `--set` options by key."""
    return dict(map(split_override, sets or ()))


@group
@dataclass(frozen=True)
class Telling:
    """How much of a run is told: so many events at most, and whether repetitions are told in full."""

    limit: Annotated[int | None, typer.Option("--limit", min=0, help="Tell at most so many events.")] = None
    unfolded: Annotated[bool, typer.Option("--all", help="Tell each repetition in full.")] = False
