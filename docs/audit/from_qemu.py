"""A log of QEMU's, with the lines of qemu-plugin.c and registers (-d plugin,exec,cpu), made into one for an audit.

python -m docs.audit.from_qemu qemu.log > kernel.log
"""

import re
import sys
from collections.abc import Iterator
from functools import partial

from docs.audit.trace import Machine, log_of
from emulator.audit.record import Kind, Row
from emulator.audit.text import write_text

REGISTER = re.compile(r" x(\d+)/\S+ +([0-9a-f]{16})")
CSR = re.compile(r"^ (pc|satp) +([0-9a-f]{16})")
BLOCK = re.compile(r"^Trace (\d+): ")
KINDS = {"l": Kind.LOAD, "s": Kind.STORE}


def read(path: str) -> Iterator[Row]:
    """Yield what QEMU's log in the file `path` tells of."""
    machine = Machine()
    registers, state = [0] * 32, {"pc": 0, "satp": 0}  # as QEMU showed them last, before the instruction at hand
    shown = -1  # of which hart
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.startswith("@"):
                for number, value in REGISTER.findall(line):
                    registers[int(number)] = int(value, 16)
                for name, value in CSR.findall(line):
                    state[name] = int(value, 16)
                for number in BLOCK.findall(line):
                    shown = int(number)
                continue
            _, hart, kind, *rest = line.split()
            if kind == "i":
                if shown != int(hart):
                    raise SystemExit(f"{line.strip()}: no registers stand before it: -dfilter has to name its address")
                shown = -1
                yield from machine.instruction(int(hart), state["pc"], int(rest[0], 16), registers, state["satp"])
                continue
            privilege, pc, va, *stored = (int(word, 16) for word in rest)
            yield from machine.access(KINDS[kind], int(hart), pc, va, privilege)
            if stored:
                yield from machine.store(int(hart), pc, *stored)


if __name__ == "__main__":
    write_text(log_of(partial(read, sys.argv[1])), sys.stdout.buffer)
