"""Building a machine, running a program on it, and saying how it ended."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from emulator.base.errors import ConfigError
from emulator.cli.options import Chosen
from emulator.cli.output import note, say
from emulator.cli.status import BLOCKED, INTERRUPTED, LIMIT

if TYPE_CHECKING:
    from emulator.cli.stdin import StandardInput
    from emulator.machine import Machine
    from emulator.observe.asked import Run
    from emulator.result import Result
    from isa import Program


Runs: TypeAlias = 'Callable[["Machine", int | None], "Result"]'  # runs a machine, for so many instructions at most


def load(path: str) -> "Program":
    """Return the program in the file `path`, saying on standard error what its assembler warns of."""
    from isa import Program

    program = Program.load(path)
    for warning in program.warnings:
        say(f"{warning}\n")
    return program


def straight(machine: "Machine", max_instructions: int | None) -> "Result":
    """Run `machine` with nobody looking."""
    return machine.run(max_instructions=max_instructions)


def run_program(
    program: "Program",
    argv: list[str],
    chosen: Chosen,
    stdin: "bytes | StandardInput" = b"",
    runs: Runs = straight,
) -> "Result":
    """Run `program` on a new machine as `chosen`, in the way that `runs` does, and return how it went."""
    return runs(machine_for(program, argv, chosen, stdin), chosen.max_instructions)


def machine_for(program: "Program", argv: list[str], chosen: Chosen, stdin: "bytes | StandardInput" = b"") -> "Machine":
    """Return a new machine as `chosen`, which is to run `program`."""
    from emulator.cli import compiling
    from emulator.machine import Machine

    arguments = as_arguments(chosen.options)
    compiling.prepare(arguments.get("engine"))
    machine = Machine(**arguments, overrides=chosen.overrides, stdin=stdin)
    machine.spawn(program, argv=argv)
    return machine


def source_of(program: "Program") -> str:
    """Return the source of `program`, in which `#?` lines may stand; "" where it has none."""
    return "\n".join(program.source_map.lines)


def first_asked(program: "Program", path: str) -> tuple["Run", str]:
    """Return the run that the first `#? run:` line of `program` asks for, and a line that says so, "" for none.

    Raises ExpectationError for a line that makes no run.
    """
    from emulator.observe.asked import Run
    from emulator.observe.expect import read_runs

    runs = read_runs(source_of(program), path)
    if not runs:
        return Run(), ""
    others = ", ".join(str(run.line) for run in runs[1:])
    more = f"; lines that ask for other runs: {others}" if others else ""
    return runs[0], f"{path}:{runs[0].line} asks for this run: {runs[0] or 'no options'}{more}"


def run_as_asked(
    program: "Program",
    path: str,
    asked: "Run",
    chosen: Chosen,
    arguments: "Sequence[str] | None" = None,
    stdin: "bytes | StandardInput" = b"",
    runs: Runs = straight,
) -> "Result":
    """Run `program` as a `#? run:` line asks, what the command line says coming first.

    Raises ConfigError for what makes no machine, naming the line where there is one.
    """
    argv = [path, *(asked.arguments if arguments is None else arguments)]
    with placed(path, asked):
        return run_program(program, argv, both_of(asked, chosen), stdin, runs)


def both_of(asked: "Run", chosen: Chosen) -> Chosen:
    """Return what a `#? run:` line and the command line say together, the latter coming first."""
    return Chosen(
        {**asked.options, **chosen.options},
        {**asked.overrides, **chosen.overrides},
        chosen.max_instructions or asked.max_instructions,
    )


@contextmanager
def placed(path: str, asked: "Run") -> Iterator[None]:
    """Name the `#? run:` line, where there is one, that makes no machine."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{path}:{asked.line}: {error.message}" if asked.line else error.message) from error


def as_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as the machine takes them. Raises ConfigError for text that is no number where one has to be."""
    from emulator.config.kinds import Whole
    from emulator.config.settings import SETTINGS

    read = {setting.name: setting.read for setting in SETTINGS if isinstance(setting.kind, Whole)}
    return {
        name: read[name](text) if name in read and isinstance(text, str) else text for name, text in options.items()
    }


def tell_unknown_calls(result: "Result", path: str = "") -> None:
    """Say on standard error which system calls of a run, of program `path`, meant nothing (F93)."""
    from emulator.observe.report import unknown_calls

    if result.unknown_calls:
        note(f"{path}: {unknown_calls(result)}" if path else unknown_calls(result))


def ending(result: "Result", max_instructions: int | None) -> int:
    """Return the exit status of a run, saying on standard error what it asked for in vain, and why it did not end."""
    tell_unknown_calls(result)
    if result.ended == "limit":
        note(f"stopped at the limit of {max_instructions:,} instructions; the program had not ended")
        return LIMIT
    if result.ended == "interrupt":
        note(f"interrupted after {result.instructions:,} instructions")
        return INTERRUPTED
    if result.ended == "blocked":
        note("the program has not ended: each thread that is left waits for ever")
        return BLOCKED
    return result.exit_status


def tell_left_out(result: "Result") -> None:
    """Say on standard error how many events of a long run were not kept, if any."""
    kept, left_out = len(result.events), result.events_left_out
    if left_out:
        note(f"the first {kept:,} events were kept; {left_out:,} after them were only counted")
