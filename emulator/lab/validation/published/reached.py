"""What it takes to reach many harts, or to reach them by hardware: V25, V26, V28.

V25 Norov 2017 (LKML, a benchmark of interrupts), on ThunderX2 with 112 CPUs: an interrupt to all of them and their
answers take 2106 units of time, one to another CPU 110. V26 Jain 2025 (Linux, mprotect on arm64): without its flush,
3.2 us become 2.85. V28 DiDi (PACT 2011), simulated.
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import flushing, wasted

ALL = {str(harts): Run("munmap", "ceiling:33", 1, harts) for harts in (1, 2, 112)}
BROADCAST, ONE = 2106, 110
FLUSH = 3.2 - 2.85

FIGURES = (
    Figure(
        name="V25 broadcast",
        what="interrupting 111 CPUs and their answers, over one",
        machine="ThunderX2",
        published=BROADCAST / ONE,
        unit="x",
        limits=near(BROADCAST / ONE),
        runs=ALL,
        emulated=lambda rows: (
            (flushing(rows, "112") - flushing(rows, "1")) / (flushing(rows, "2") - flushing(rows, "1"))
        ),
        note="who is interrupted answers at once here; there each answer takes a cache line from all others. And "
        "interrupts are priced as on Haswell (V4), not as on an Arm server",
    ),
    Figure(
        name="V26 flush",
        what="what mprotect spends on its flush",
        machine="arm64",
        published=FLUSH,
        unit="us",
        limits=near(FLUSH),
        runs={"it": Run("mprotect", "ceiling:33+broadcast", 1, 8)},
        emulated=lambda rows: flushing(rows, "it"),
        profile="arm_sd888",
        note="machine and pages are not said; here the instruction and its wait are priced by assumption, and by V13",
    ),
    Figure(
        name="V28 waste",
        what="what shootdowns cost all harts, over a directory",
        machine="simulated",
        published=10,
        unit="x",
        limits=near(10, 50),  # an order of magnitude, as it says
        runs={
            "interrupts": Run("munmap", "ceiling:33", 1, 16),
            "directory": Run("munmap", "ceiling:33+directory", 1, 16),
        },
        emulated=lambda rows: wasted(rows, "interrupts") / wasted(rows, "directory"),
        note="published of whole programs, where flushes of everything and of the kernel's pages are left; and a "
        "directory is priced by assumption",
    ),
)
