"""What the first touch of a page takes: V24, V27.

V24 Torvalds 2014, on Haswell: where a fault does nothing but map the page of zeros, its trap and return, 1050 cycles,
are 80.7 % of all time. V27 Cracauer 2018, on Nehalem (Xeon W3580), page tables not isolated: 262,144 pages touched in
268.3 ms.
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import beside_traps, time_of

PAGES = 4096
TRAP, SHARE = 1050, 0.807
REST = TRAP / SHARE - TRAP
TOUCHED = 268_322_000 / 262_144  # ns

FIGURES = (
    Figure(
        name="V24 zeros",
        what="a fault for the page of zeros, but for trap and return",
        machine="Haswell",
        published=REST,
        unit="cycles",
        limits=near(REST),
        runs={"it": Run("first-load", "ceiling:33", PAGES, 1)},
        emulated=beside_traps,
        profile="haswell",
    ),
    Figure(
        name="V27 touch",
        what="the first store to a page",
        machine="Nehalem",
        published=TOUCHED,
        unit="ns",
        limits=near(TOUCHED),
        runs={"it": Run("first-store", "ceiling:33", PAGES, 1)},
        emulated=time_of("it"),
    ),
)
