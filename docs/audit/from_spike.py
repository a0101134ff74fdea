"""What Spike says of each instruction (-l --log-commits), made into a log for an audit.

python -m docs.audit.from_spike spike.log > kernel.log

Spike tells virtual addresses of stores. Page tables are taken to be written where physical addresses are the same, or,
with a second argument, less by that much: by where the kernel's linear map begins, less where memory does.
"""

import re
import sys
from collections.abc import Iterator
from functools import partial

from docs.audit.trace import Machine, log_of
from emulator.audit.record import Kind, Row
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


def read(path: str, offset: int = 0) -> Iterator[Row]:
    """Yield what Spike's log in the file `path` tells of."""
    machine, words = Machine(), Words()
    registers: dict[int, list[int]] = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            found = LINE.match(line)
            if not found:
                continue
            hart, privilege = int(found[1]), int(found[2])
            pc, bits = int(found[3], 16), int(found[4], 16)
            own = registers.setdefault(hart, [0] * 32)
            if bits & FENCE_MASK == FENCE:
                yield from machine.instruction(hart, pc, bits, own, 0)
            for value in SATP.findall(found[5]):
                yield from machine.enter(hart, pc, int(value, 16))
            for address, value in MEMORY.findall(found[5]):
                va = int(address, 16)
                yield from machine.access(Kind.STORE if value else Kind.LOAD, hart, pc, va, privilege)
                if value:
                    yield from machine.store(hart, pc, *words.store(va - offset, len(value) // 2, int(value, 16)))
            for number, value in REGISTER.findall(found[5]):
                own[int(number)] = int(value, 16)


if __name__ == "__main__":
    offset = int(sys.argv[2], 0) if len(sys.argv) > 2 else 0
    write_text(log_of(partial(read, sys.argv[1], offset)), sys.stdout.buffer)
