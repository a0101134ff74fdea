"""The sessions that docs/debug.md shows: what gdb prints, with `pagewalk debug` at the other end.

python -m docs.sessions     renews them, where there is a gdb-multiarch
"""

import subprocess
import threading
from pathlib import Path

from docs.readme import TOP, Block, blocks
from emulator import Machine
from emulator.debug import Session
from emulator.debug.gdb.server import listen, serve
from isa import Program

GDB = "gdb-multiarch"
PAGE = TOP / "docs" / "debug.md"
PROGRAM = TOP / "programs" / "child_writes_first.s"
PATIENCE = 120  # seconds
LANGUAGES = ("gdb", "monitor")
PROMPT, PORT = "(gdb) ", "4711"
FILES = ("Reading ", "warning: File transfers", "(No debugging symbols")  # what gdb says of those that it reads


def session(block: Block) -> str:
    """Return what gdb prints when it is given the commands of a block, each after its prompt."""
    machine = Machine(memory="16MiB")
    machine.spawn(Program.load(PROGRAM))
    with listen(0) as listener:
        port = str(listener.getsockname()[1])
        debugged = Session(machine, lambda descriptor, data: None)
        server = threading.Thread(target=serve, args=(debugged, listener, str), daemon=True)
        server.start()
        words = ["-ex", "set confirm off", "-ex", "set width 0"]
        for command in commands(block):
            words += ["-ex", f"echo {PROMPT}{command}\\n", "-ex", command.replace(PORT, port)]
        line, out = [GDB, "-nx", "-q", "-batch", *words], subprocess.PIPE
        run = subprocess.run(line, stdout=out, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE)
        server.join(60)
    return "".join(line for line in run.stdout.splitlines(keepends=True) if not line.startswith(FILES))


def commands(block: Block) -> list[str]:
    """Return the commands of a block."""
    return [line.removeprefix(PROMPT) for line in block.text.splitlines() if line.startswith(PROMPT)]


def renew(path: Path = PAGE) -> None:
    """Write the page with what gdb prints now."""
    page = path.read_text(encoding="utf-8")
    for language in LANGUAGES:
        for block in reversed(blocks(page, language)):
            page = page[: block.start] + session(block) + page[block.end :]
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    renew()
