"""What Spike says of each instruction (-l --log-commits), made into a log for an audit.

python -m docs.audit.from_spike spike.log > kernel.log

Spike tells virtual addresses of stores. Page tables are taken to be written where physical addresses are the same, or,
with a second argument, less by that much: by where the kernel's linear map begins, less where memory does.
"""

import re
import sys
from collections.abc import Iterable

from docs.audit.trace import Trace
from emulator.audit.record import Kind
from emulator.audit.text import write_text

LINE = re.compile(r"^core +(\d+): (\d) 0x([0-9a-f]+) \(0x([0-9a-f]+)\)(.*)")
REGISTER = re.compile(r" x(\d+) +0x([0-9a-f]+)")
SATP = re.compile(r" c384_satp 0x([0-9a-f]+)")
MEMORY = re.compile(r" mem 0x([0-9a-f]+)(?: 0x([0-9a-f]+))?")
FENCE, FENCE_MASK = 0x12000073, 0xFE007FFF


class Words:
    """Memory by words of 8 bytes, as stores of any size leave it."""

    def __init__(self) -> None:
        self.words: dict[int, int] = {}

    def store(self, address: int, size: int, value: int) -> tuple[int, int]:
        """Store `size` bytes; return the place of the word, and what it holds now."""
        place, shift = address & ~7, (address & 7) * 8
        mask = ((1 << size * 8) - 1) << shift
        word = self.words.get(place, 0) & ~mask | value << shift & mask
        self.words[place] = word
        return place, word


def read(lines: Iterable[str], offset: int = 0) -> Trace:
    """Return the trace that Spike's log tells of."""
    trace, words = Trace(), Words()
    registers: dict[int, list[int]] = {}
    for line in lines:
        found = LINE.match(line)
        if not found:
            continue
        hart, privilege = int(found[1]), int(found[2])
        pc, bits = int(found[3], 16), int(found[4], 16)
        own = registers.setdefault(hart, [0] * 32)
        if bits & FENCE_MASK == FENCE:
            trace.instruction(hart, pc, bits, own, 0)
        for value in SATP.findall(found[5]):
            trace.enter(hart, pc, int(value, 16))
        for address, value in MEMORY.findall(found[5]):
            va = int(address, 16)
            trace.access(Kind.STORE if value else Kind.LOAD, hart, pc, va, privilege)
            if value:
                trace.store(hart, pc, *words.store(va - offset, len(value) // 2, int(value, 16)))
        for number, value in REGISTER.findall(found[5]):
            own[int(number)] = int(value, 16)
    return trace


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
        write_text(read(file, int(sys.argv[2], 0) if len(sys.argv) > 2 else 0).log(), sys.stdout.buffer)
