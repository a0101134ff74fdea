"""Options that commands share, and what they say about the machine."""

from typing import Annotated, Any

import typer

from emulator.config.override import split_override
from emulator.config.settings import MACHINE_OPTIONS

ProgramPath = Annotated[str, typer.Argument(metavar="PROGRAM", help="A source (.s) or a static RV64 ELF executable.")]
Arguments = Annotated[list[str] | None, typer.Argument(metavar="[ARGS]", help="The program's arguments, after `--`.")]
ProfileName = Annotated[str | None, typer.Option("--profile", help="Costs and geometry: a name or a .toml file.")]
Harts = Annotated[str | None, typer.Option("--harts", help="Hardware threads.")]
Paging = Annotated[str | None, typer.Option("--paging", help="sv39, sv48 or sv57.")]
Memory = Annotated[str | None, typer.Option("--memory", help="Physical memory, such as 64MiB.")]
Fork = Annotated[str | None, typer.Option("--fork", help="cow, eager or cow-stack.")]
Flush = Annotated[str | None, typer.Option("--flush", help="ceiling:N pages, asid or full.")]
Ad = Annotated[str | None, typer.Option("--ad", help="svadu: hardware sets A and D; svade: a clear one faults.")]
CheckStale = Annotated[bool, typer.Option("--check-stale", help="Report uses of TLB entries that should be gone.")]
Tlb = Annotated[str | None, typer.Option("--tlb", help="lru, or adversarial: all that the architecture allows.")]
Schedule = Annotated[
    str | None, typer.Option("--schedule", help="time, seed:N, or a file of HART INSTRUCTIONS lines: who runs when.")
]
Seed = Annotated[str | None, typer.Option("--seed", help="Seed of every random choice.")]
Engine = Annotated[
    str | None,
    typer.Option("--engine", help="auto, plain (Python) or compiled: the results are the same."),
]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the profile.")]
Limit = Annotated[int | None, typer.Option("--max-instructions", min=1, help="Stop after so many instructions.")]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write the account as JSON; `-` prints it.")]
Trace = Annotated[str | None, typer.Option("--trace", metavar="FILE", help="Write the events: .csv, .jsonl, .parquet.")]


def chosen(values: dict[str, Any]) -> dict[str, Any]:
    """Return the machine options among a command's parameters that were given, `check_stale` where it is on."""
    options = {name: values[name] for name in (*MACHINE_OPTIONS, "engine") if values[name] is not None}
    return options | ({"check_stale": True} if values.get("check_stale") else {})


def overrides_of(sets: list[str] | None) -> dict[str, str]:
    """Return `--set` options by key."""
    return dict(map(split_override, sets or ()))
