"""A log of QEMU's, with the lines of qemu-plugin.c and registers (-d plugin,exec,cpu), made into one for an audit.

python -m docs.audit.from_qemu qemu.log > kernel.log
"""

import re
import sys
from collections.abc import Iterable

from docs.audit.trace import Trace
from emulator.audit.record import Kind
from emulator.audit.text import write_text

REGISTER = re.compile(r" x(\d+)/\S+ +([0-9a-f]{16})")
CSR = re.compile(r"^ (pc|satp) +([0-9a-f]{16})")
KINDS = {"l": Kind.LOAD, "s": Kind.STORE}


def read(lines: Iterable[str]) -> Trace:
    """Return the trace that QEMU's log tells of."""
    trace = Trace()
    registers, state = [0] * 32, {"pc": 0, "satp": 0}  # as QEMU showed them last, before the instruction at hand
    for line in lines:
        if not line.startswith("@"):
            for number, value in REGISTER.findall(line):
                registers[int(number)] = int(value, 16)
            for name, value in CSR.findall(line):
                state[name] = int(value, 16)
            continue
        _, hart, kind, *rest = line.split()
        if kind == "i":
            trace.instruction(int(hart), state["pc"], int(rest[0], 16), registers, state["satp"])
            continue
        privilege, pc, va, *stored = (int(word, 16) for word in rest)
        trace.access(KINDS[kind], int(hart), pc, va, privilege)
        if stored:
            trace.store(int(hart), pc, *stored)
    return trace


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
        write_text(read(file).log(), sys.stdout.buffer)
