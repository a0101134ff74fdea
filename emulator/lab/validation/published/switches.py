"""What a switch of address spaces drops: V5, V6.

V5, V6 Lutomirski 2017 (LKML, PCID).
"""

from emulator.lab.validation.constant import Constant
from emulator.lab.validation.figure import Figure, Run
from emulator.lab.validation.formulas import cycles, ratio, walk
from emulator.lab.validation.published.depends import CALL, FAULT, FLUSH, IPI, WALK

HASWELL_CR3 = Constant("price.flush_all", "124", "writing CR3 on Haswell: 124 cycles")
PINGPONG = {
    f"{pages} {'without' if name.endswith('s') else 'with'}": Run(name, "ceiling:33", pages, 1)
    for pages in (0, 512)
    for name in ("pingpong", "pingpong-no-asids")
}

FIGURES = (
    Figure(
        name="V5 0 pages, absolute",
        what="two processes take turns, with ASIDs",
        machine="Skylake, KVM",
        published=2806,
        unit="cycles",
        least=0.75 * 2806,
        most=1.25 * 2806,
        runs=PINGPONG,
        emulated=lambda rows: cycles(rows, "0 with") / 2,
        depends=("price.switch", *CALL),
        note="a round here is two switches and four calls; the published one may be counted by the switch",
    ),
    Figure(
        name="V5 0 pages",
        what="without ASIDs over with, nothing touched",
        machine="Skylake, KVM",
        published=1.10,
        unit="x",
        least=1.0,
        most=1.2,
        runs=PINGPONG,
        emulated=ratio("0 without", "0 with"),
        given=(HASWELL_CR3,),
        depends=("price.switch", *CALL, *WALK),
    ),
    Figure(
        name="V5 512 pages",
        what="without ASIDs over with, 512 pages touched",
        machine="Skylake, KVM",
        published=3.4,
        unit="x",
        least=2.7,
        most=4.1,
        runs=PINGPONG,
        emulated=ratio("512 without", "512 with"),
        given=(HASWELL_CR3,),
        depends=("price.switch", *CALL, *WALK),
        note="the published loop touches a page in 2 to 3 cycles when nothing misses, by executing out of order; an "
        "in-order hart takes some 40, so that walks as long as the published ones weigh less",
    ),
    Figure(
        name="V5 walk",
        what="what a page takes more without ASIDs",
        machine="Skylake, KVM",
        published=18.8,
        unit="cycles",
        least=0.75 * 18.8,
        most=1.25 * 18.8,
        runs=PINGPONG,
        emulated=walk,
        given=(HASWELL_CR3,),
        depends=WALK,
    ),
    Figure(
        name="V5 misses",
        what="walks without ASIDs over with, 512 pages",
        machine="Skylake, KVM",
        published=17.3,
        unit="x",
        least=10,
        runs=PINGPONG,
        emulated=lambda rows: int(rows["512 without"]["walks"]) / max(int(rows["512 with"]["walks"]), 1),
        depends=(),
    ),
    Figure(
        name="V6 migration",
        what="discard, touch, migrate: generations over none",
        machine="Skylake, KVM",
        published=0.62,
        unit="x",
        least=0.52,
        most=0.72,
        runs={
            "without": Run("migrate", "ceiling:33", 0, 2),
            "with": Run("migrate", "ceiling:33+gen+lazy", 0, 2),
        },
        emulated=ratio("with", "without"),
        depends=(*FLUSH, "price.flush_asid", *IPI, *CALL, *FAULT, "price.switch"),
    ),
    Figure(
        name="V6 pthread_mmap",
        what="8 threads map and unmap: generations over none",
        machine="Skylake, KVM",
        published=0.58,
        unit="x",
        note="eight threads that wait for one lock of the address space: the queue at that lock is not modelled",
    ),
)
