"""What became of one access."""

from dataclasses import dataclass

from emulator.base.names import Fault


@dataclass(frozen=True)
class Translation:
    """What became of one access."""

    pa: int | None  # physical address, None when refused
    fault: Fault | None  # why it was refused, None when it was not
    cause: int | None  # the number of the architecture's exception: on x86-64 14, a page fault, or 13; on arm64 ESR.EC
    error: int | None  # the error code that x86-64 pushes: P 0, W/R 1, U/S 2, RSVD 3, I/D 4; ESR.ISS; None on RISC-V
    tval: int | None  # the address that the exception reports (F51)
    cycles: int
    references: tuple[int, ...]  # physical addresses of the PTEs that walks read, in order
    gpa: int | None = None  # the guest physical address that the host's tables refuse; None for any other fault
