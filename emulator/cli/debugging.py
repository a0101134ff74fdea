"""`pagewalk debug`: a program under a debugger, which speaks to this process."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.base.errors import EmulatorError
from emulator.cli.options import Chosen
from emulator.cli.output import note, silence
from emulator.cli.runs import both_of, ending, first_asked, load, machine_for, placed
from emulator.cli.stdin import StandardInput

if TYPE_CHECKING:
    from emulator.debug.dap.messages import Launch
    from emulator.machine import Machine


def machine_to_debug(
    path: str, chosen: Chosen, arguments: Sequence[str] | None, stdin: "bytes | StandardInput"
) -> "Machine":
    """Return the machine that the program's first `#? run:` line asks for, `chosen` overriding that."""
    program = load(path)
    asked, _ = first_asked(program, path)
    argv = [path, *(asked.arguments if arguments is None else arguments)]
    with placed(path, asked):
        return machine_for(program, argv, both_of(asked, chosen), stdin)


def debug_with_gdb(port: int, path: str, chosen: Chosen, arguments: Sequence[str] | None) -> int:
    """Let gdb debug a program; return its exit status, 0 where gdb has killed it. Raises EmulatorError."""
    from emulator.debug import Session
    from emulator.debug.gdb import serve
    from emulator.debug.gdb.server import HOST, MOST_PORT, listen

    if not 0 <= port <= MOST_PORT:
        raise EmulatorError(f"--gdb {port}: is no port; 1-{MOST_PORT}, or 0 for any that is free, is right")
    with listen(port) as listener:
        machine = machine_to_debug(path, chosen, arguments, StandardInput())
        session = Session(machine, write)
        note(f"waiting for gdb: target remote {HOST}:{listener.getsockname()[1]}")
        ended = serve(session, listener, note)
    if ended == "killed":
        note(f"gdb has killed the program after {machine.now.instruction:,} instructions")
        return 0
    most = chosen.max_instructions
    return ending(machine.result(session.finish(*([most] if most else []))), most)


def debug_from_an_editor(path: str | None, chosen: Chosen, arguments: Sequence[str] | None) -> int:
    """Let an editor debug a program, `path` or what it launches; return the exit status. Raises EmulatorError.

    Standard input is the editor's: the program has an empty one.
    """
    from emulator.debug.dap import serve

    def make(launch: "Launch") -> "Machine":
        program = path if path is not None else launch.program
        if program is None:
            raise EmulatorError("launch: names no program; `program` in the launch entry is right")
        return machine_to_debug(program, chosen, arguments if path is not None else launch.args or None, b"")

    return serve(make, sys.stdin.fileno(), sys.stdout.fileno())


def write(descriptor: int, data: bytes) -> None:
    """Write what the program has written; where that cannot be, say so once, and let the run go on."""
    stream = sys.stdout if descriptor == 1 else sys.stderr
    try:
        stream.flush()
        while data:
            data = data[os.write(stream.fileno(), data) :]
    except OSError as error:
        silence(stream)
        note(f"standard {'output' if descriptor == 1 else 'error'}: cannot be written: {error.strerror}")
