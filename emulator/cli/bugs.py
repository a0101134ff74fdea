"""`pagewalk check --bugs`: wrong kernels, and whether the checker finds what each does."""

import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from emulator.base.errors import ConfigError, EmulatorError, nearest, shown
from emulator.cli.groups import group
from emulator.cli.options import Chosen
from emulator.cli.output import show, write_text
from emulator.cli.places import write_file

SCHEDULES = 20
GROUPS = INVALIDATION, MEMORY = "invalidation", "memory"  # of mistakes, as a kernel may make one in


@group
@dataclass(frozen=True)
class Wrong:
    """What of the wrong kernels is checked."""

    bugs: Annotated[bool, typer.Option("--bugs", help="Check the checker: run kernels that make a mistake.")] = False
    schedules: Annotated[
        int | None,
        typer.Option(
            "--schedules",
            min=1,
            max=10_000,
            metavar="N",
            help="With --bugs: those of invalidation under N schedules; 20 otherwise.",
        ),
    ] = None
    only: Annotated[
        str | None,
        typer.Option("--only", metavar="BUG", help="With --bugs: this mistake alone, or invalidation or memory."),
    ] = None
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=1024, metavar="N", help="With --bugs: run on N processes.")
    ] = None

    def check(self, programs: list[str], chosen: Chosen) -> None:
        """Raise EmulatorError for what does not go with `--bugs`, or with programs."""
        given = {"--schedules": self.schedules, "--only": self.only, "--jobs": self.jobs}
        astray = [name for name, value in given.items() if value is not None]
        if not self.bugs:
            if astray:
                raise EmulatorError(f"{astray[0]}: is of the wrong kernels; --bugs {astray[0]} is right")
            if not programs:
                raise EmulatorError("check: nothing to check; check PROGRAM... and check --bugs are right")
            return
        if programs:
            raise EmulatorError("check --bugs: has programs of its own; leave out yours")
        machine = [f"--{name.replace('_', '-')}" for name in chosen.options if name != "engine"]
        machine += ["--set"] * bool(chosen.overrides) + ["--max-instructions"] * bool(chosen.max_instructions)
        if machine:
            raise EmulatorError(f"check --bugs: has machines of its own; leave out {machine[0]}")


def check_bugs(wrong: Wrong, engine: str | None, json: str | None) -> int:
    """Run the wrong kernels, show what the checkers made of them, and return the exit status.

    Raises ConfigError for a mistake that no kernel makes.
    """
    from emulator.cli import compiling
    from emulator.cli.progress import with_bar
    from emulator.lab.bugs.measure import measure, trials
    from emulator.lab.bugs.memory import caught, keepers
    from emulator.lab.bugs.table import as_json, bug_table, memory_table, memory_verdict, verdict
    from emulator.lab.workers import measured

    _check_only(wrong.only)
    only = None if wrong.only in GROUPS else wrong.only
    wanted = trials(only, wrong.schedules or SCHEDULES, engine) if wrong.only != MEMORY else []
    keeping = keepers(only, engine) if wrong.only != INVALIDATION else []
    if engine is None:
        compiling.await_compiled()
    else:
        compiling.prepare(engine)
    order = {(trial.kernel.bug, trial.tlb): place for place, trial in enumerate(wanted)}
    found = with_bar(measured(wanted, measure, wrong.jobs or 1), len(wanted), lambda tally: f"{tally.bug} {tally.tlb}")
    tallies = sorted(found, key=lambda tally: order[tally.bug, tally.tlb])
    kept = {keeper.bug: place for place, keeper in enumerate(keeping)}
    looks = with_bar(measured(keeping, caught, wrong.jobs or 1), len(keeping), lambda row: row.bug)
    rows = sorted(looks, key=lambda row: kept[row.bug])
    if json != "-":
        if tallies:
            show([bug_table(tallies)], sys.stdout)
            write_text(sys.stdout, verdict(tallies))
        if rows:
            show(([""] if tallies else []) + [memory_table(rows)], sys.stdout)
            write_text(sys.stdout, memory_verdict(rows))
    if json is not None:
        write_file(json, as_json([*tallies, *rows]))
    return int(any(tally.fails for tally in tallies) or any(row.fails for row in rows))


def _check_only(only: str | None) -> None:
    """Raise ConfigError for a mistake that no kernel makes."""
    from emulator.lab.bugs.kernel import BY_BUG
    from emulator.lab.bugs.memory import SHOWN_BY

    known = (*BY_BUG, *SHOWN_BY, *GROUPS)
    if only is not None and only not in known:
        right = ", ".join(known)
        raise ConfigError(f"--only '{shown(only)}' is no mistake of a kernel{nearest(only, known)} ({right} are right)")
