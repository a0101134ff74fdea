"""Loads and stores that a program makes, watched by stopping before them: only those that fault leave events."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from emulator.base.bits import PAGE_BYTES, offset_of, page_of
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.machine import Machine
from emulator.machine.control import Control
from emulator.world.control import MAX_BREAKPOINTS
from isa import Program, disassemble
from isa.registers import register_number

INSTRUCTION_BYTES = 4
MOST_STOPS = 500  # a program that loops would stop for ever
WIDEST = 8  # bytes of a load or store
USER_ADDRESSES = 1 << 63
_ACCESS = re.compile(r"(?P<store>s[bhwd]|l[bhwd]u?) +\w+, (?P<offset>-?\d+)\((?P<base>\w+)\)")


class Access(NamedTuple):
    """One load or store that a process was about to make."""

    pid: int
    tid: int
    hart: int
    cycle: int
    pc: int
    page: int
    store: bool


class Instruction(NamedTuple):
    """A load or store of a program: its address is register `base` plus `offset`."""

    store: bool
    base: int
    offset: int


def accesses_of(machine: Machine, program: Program, most: int | None) -> Iterator[Access]:
    """Run `machine`, yielding the accesses of its first `program`, each once by process, instruction and page.

    Raises KeyboardInterrupt where the run was cut by Ctrl-C.
    """
    found = instructions_of(program)
    control = Control(machine)
    control.breakpoints = list(found)[:MAX_BREAKPOINTS]
    seen = set()
    left = most = MOST_INSTRUCTIONS if most is None else most
    for _ in range(MOST_STOPS):
        stop = control.run(left)
        left = most - stop.instructions
        if stop.why == "interrupt":
            raise KeyboardInterrupt
        if stop.why != "breakpoint" or left < 1:
            return
        made = found.get(stop.pc)  # None where the stop was put off until another hart had its answer
        if made is None or machine.kernel.lives.processes[stop.pid].image.number:
            continue  # the latter is another program, at the same addresses
        va = int(control.registers(stop.tid)[1][made.base]) + made.offset
        if not 0 <= va < USER_ADDRESSES or offset_of(va) > PAGE_BYTES - WIDEST:
            continue
        access = Access(stop.pid, stop.tid, stop.hart, stop.cycle, stop.pc, int(page_of(va)), made.store)
        if (access.pid, access.pc, access.page) not in seen:
            seen.add((access.pid, access.pc, access.page))
            yield access


def instructions_of(program: Program) -> dict[int, Instruction]:
    """Return the loads and stores of `program` by address."""
    found = {}
    for segment in program.segments:
        if segment.executable:
            for start in range(0, len(segment.data) - INSTRUCTION_BYTES + 1, INSTRUCTION_BYTES):
                word = int.from_bytes(segment.data[start : start + INSTRUCTION_BYTES], "little")
                text = _ACCESS.match(disassemble(word))
                base = register_number(text["base"]) if text else None
                if text and base is not None:
                    found[segment.address + start] = Instruction(
                        text["store"].startswith("s"), base, int(text["offset"])
                    )
    return found
