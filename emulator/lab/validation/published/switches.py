"""What a switch of address spaces drops: V5, V6.

V5, V6 Lutomirski 2017 (LKML, PCID). V5 sets one kernel that uses PCIDs beside the same one without (`nopcid`).
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import cycles, ratio, walk

PINGPONG = {
    f"{pages} {'without' if name.endswith('s') else 'with'}": Run(name, "ceiling:33", pages, 1)
    for pages in (0, 512)
    for name in ("pingpong", "pingpong-no-asids")
}
WALK = ((6.2 - 1.8) - (1.33 - 1.22)) * 2300 / 512  # cycles: what a page takes more, at 2.3 GHz

FIGURES = (
    Figure(
        name="V5 0 pages, absolute",
        what="two processes take turns, with ASIDs",
        machine="Skylake, KVM",
        published=2806,
        unit="cycles",
        limits=near(2806),
        runs=PINGPONG,
        emulated=lambda rows: cycles(rows, "0 with") / 2,
        profile="skylake_kvm",
        note="taken to be counted by the switch: a round of both would be faster than two bare switches",
    ),
    Figure(
        name="V5 0 pages",
        what="without ASIDs over with, nothing touched",
        machine="Skylake, KVM",
        published=1.33 / 1.22,
        unit="x",
        limits=(1.045, 1.135),  # half of the gain more or less
        runs=PINGPONG,
        emulated=ratio("0 without", "0 with"),
        profile="skylake_kvm",
    ),
    Figure(
        name="V5 512 pages",
        what="without ASIDs over with, 512 pages touched",
        machine="Skylake, KVM",
        published=6.2 / 1.8,
        unit="x",
        limits=near(6.2 / 1.8, 20),
        runs=PINGPONG,
        emulated=ratio("512 without", "512 with"),
        profile="skylake_kvm",
        note="the published loop touches a page in 2 to 3 cycles when nothing misses, by executing out of order; an "
        "in-order hart takes some 40, so that walks as long as the published ones weigh less. With `overlap.loads=10` "
        "it is 1.88; with two walkers beside that 1.46, and V5 walk 9.71: a guest's walks are longer than these",
    ),
    Figure(
        name="V5 walk",
        what="what a page takes more without ASIDs",
        machine="Skylake, KVM",
        published=WALK,
        unit="cycles",
        limits=near(WALK),
        runs=PINGPONG,
        emulated=walk,
        profile="skylake_kvm",
        note="the published machine is a guest, whose walks go through its host's tables, too; here walk caches leave "
        "one read of a PTE, from L1d or L2, beside a `walk_start` that is assumed to be small",
    ),
    Figure(
        name="V5 misses",
        what="walks without ASIDs over with, 512 pages",
        machine="Skylake, KVM",
        published=207 / 11,
        unit="x",
        limits=near(207 / 11, 50),  # millions, the smaller of them rounded
        runs=PINGPONG,
        emulated=lambda rows: int(rows["512 without"]["walks"]) / max(int(rows["512 with"]["walks"]), 1),
        profile="skylake_kvm",
        note="the kernel, the host and everything else miss too in the published run: 11 million misses are left with "
        "ASIDs. Here nothing but the two processes runs, and nothing of theirs is evicted",
    ),
    Figure(
        name="V6 migration",
        what="discard, touch, migrate: generations over none",
        machine="Skylake, KVM",
        published=0.62,
        unit="x",
        limits=near(0.62, 16),
        runs={
            "without": Run("migrate", "ceiling:33", 0, 2),
            "with": Run("migrate", "ceiling:33+gen+lazy", 0, 2),
        },
        emulated=ratio("with", "without"),
        profile="skylake_kvm",
    ),
    Figure(
        name="V6 pthread_mmap",
        what="8 threads map and unmap: generations over none",
        machine="Skylake, KVM",
        published=0.58,
        unit="x",
        limits=near(0.58, 16),
        runs={
            "without": Run("pthread_mmap-one-lock", "ceiling:33", 1, 8),
            "with": Run("pthread_mmap-one-lock", "ceiling:33+gen+lazy", 1, 8),
        },
        emulated=ratio("with", "without"),
        profile="skylake_kvm",
        note="who waits for the lock is interrupted here, as one that spins; left out is that it may sleep, as "
        "faults did in Linux then, and that generations spare its idle hart, which in a guest saves most. To know "
        "who sleeps while a hart flushes, the lock would have to be taken, and not only reckoned",
    ),
)
