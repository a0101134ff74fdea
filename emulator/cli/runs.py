"""Building a machine, running a program on it, and saying how it ended."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emulator.cli.output import note, say
from emulator.cli.status import BLOCKED, INTERRUPTED, LIMIT

if TYPE_CHECKING:
    from emulator.cli.stdin import StandardInput
    from emulator.result import Result
    from isa import Program


def load(path: str) -> "Program":
    """Return the program in the file `path`, saying on standard error what its assembler warns of."""
    from isa import Program

    program = Program.load(path)
    for warning in program.warnings:
        say(f"{warning}\n")
    return program


def run_program(
    program: "Program",
    argv: list[str],
    options: Mapping[str, Any],
    overrides: dict[str, str],
    max_instructions: int | None,
    stdin: "bytes | StandardInput" = b"",
) -> "Result":
    """Run `program` on a new machine, `options` being its arguments by name, and return how it went."""
    from emulator.cli import compiling
    from emulator.machine import Machine

    arguments = as_arguments(options)
    compiling.prepare(arguments.get("engine"))
    machine = Machine(**arguments, overrides=overrides, stdin=stdin)
    machine.spawn(program, argv=argv)
    return machine.run(max_instructions=max_instructions)


def as_arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as the machine takes them. Raises ConfigError for text that is no number where one has to be."""
    from emulator.config.settings import SETTINGS

    read = {setting.name: setting.read for setting in SETTINGS if setting.name in ("harts", "seed")}
    return {name: read[name](text) if name in read else text for name, text in options.items()}


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
