"""What fork pays for a page table: V15, V16.

V15 On-demand-fork (EuroSys 2021). V16 the documentation of Redis.
"""

from emulator.lab.validation.constant import Constant
from emulator.lab.validation.figure import Figure, Run
from emulator.lab.validation.formulas import GHZ, per_pte

PTE_FORK = 75  # of the skylake profile
XEN_PTE = Constant(
    "price.pte_fork", "1120", "assumed: 75 as the profile has it, and a trap for each PTE: 715 + 330 cycles"
)
FORKS = {"512 pages": Run("fork", "ceiling:33", 512, 1), "4096 pages": Run("fork", "ceiling:33", 4096, 1)}

FIGURES = (
    Figure(
        name="V15 1 GB",
        what="fork, for each PTE",
        machine="not stated",
        published=24.8,
        unit="ns",
        least=19,
        most=25,
        runs=FORKS,
        emulated=per_pte,
        depends=("price.pte_fork",),
    ),
    Figure(
        name="V15 50 GB",
        what="fork, for each PTE",
        machine="not stated",
        published=19.4,
        unit="ns",
        least=0.75 * 19.4,
        most=1.25 * 19.4,
        runs=FORKS,
        emulated=per_pte,
        depends=("price.pte_fork",),
    ),
    Figure(
        name="V15 shared tables",
        what="fork that shares page tables, over fork",
        machine="not stated",
        published=65,
        unit="x",
        note="page tables that parent and child share are not modelled: fork copies every PTE",
    ),
    Figure(
        name="V16 physical",
        what="fork, for each PTE",
        machine="not stated",
        published=42,
        unit="ns",
        least=34,
        most=50,
        runs=FORKS,
        emulated=per_pte,
        depends=("price.pte_fork",),
        note="the price is calibrated on V15, whose machine forks a gigabyte in 6.5 ms; this one is not stated",
    ),
    Figure(
        name="V16 Xen",
        what="fork where each PTE is a trap, over fork",
        machine="old Xen",
        published=30,
        unit="x",
        least=10,
        runs={
            "4096 pages": Run("fork", "ceiling:33", 4096, 1),
            "512 pages": Run("fork", "ceiling:33", 512, 1),
        },
        emulated=lambda rows: per_pte(rows) * GHZ / PTE_FORK,
        given=(XEN_PTE,),
    ),
)
