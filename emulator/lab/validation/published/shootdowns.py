"""What it takes to reach other harts: V4, V9, V11, V13, V23.

V4 Amit 2019 (LKML, and EuroSys 2020). V9 LATR (ASPLOS 2018). V11 van Riel 2025 (LKML, INVLPGB for Linux, on Milan).
V13 batched TLBI for Linux on Arm (LKML). V23 Li 2017 (Linux 858a43aae236, paravirtual flush for guests of KVM).
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import flushing, flushing_of_all, ratio, saved, share, share_of_all, time_of
from emulator.lab.validation.published.ways import CONCURRENT

THREADS = {
    f"{harts}{'' if strategy == 'ceiling:33' else ' concurrent'}": Run("discard", strategy, 1, harts)
    for strategy in ("ceiling:33", CONCURRENT)
    for harts in (1, 2, 4)
}
LOOPS = {"before": Run("tlb_flush2", CONCURRENT, 32, 36), "after": Run("tlb_flush2", "ceiling:33+invlpgb", 32, 36)}
LOOP = 36 / 0.527  # microseconds: what a loop took each of 36 cores in the kernel of which shares are published
SHARE_BEFORE, SHARE_AFTER = 40, 4  # percent
EIGHT, HUNDRED = 5.36, 16.99  # percent of all time, on so many cores; the rest is taken to be the same work
GROWTH = (HUNDRED / (100 - HUNDRED)) / (EIGHT / (100 - EIGHT))
TLB_FLUSH2 = "what a loop of tlb_flush2 takes on 36 cores, by interrupts and by broadcast"

FIGURES = (
    Figure(
        name="V4 1 thread",
        what="discard and touch a page",
        machine="Haswell",
        published=661,
        unit="ns",
        limits=near(661),
        runs=THREADS,
        emulated=time_of("1"),
        profile="haswell_pti",
    ),
    Figure(
        name="V4 2 threads",
        what="discard and touch, 2 threads over 1",
        machine="Haswell",
        published=2.17,
        unit="x",
        limits=near(2.17, 15),  # a ratio of two runs on one machine
        runs=THREADS,
        emulated=ratio("2", "1"),
        profile="haswell_pti",
    ),
    Figure(
        name="V4 4 threads",
        what="discard and touch, 4 threads over 1",
        machine="Haswell",
        published=2.38,
        unit="x",
        limits=near(2.38, 15),  # the same
        runs=THREADS,
        emulated=ratio("4", "1"),
        profile="haswell_pti",
    ),
    Figure(
        name="V4 concurrent, 2 threads",
        what="what a concurrent flush saves",
        machine="Haswell",
        published=-14.7,
        unit="%",
        limits=(-19.7, -9.7),  # 5 points: the spread of what was published of 2 to 4 threads
        runs=THREADS,
        emulated=saved("2 concurrent", "2"),
        profile="haswell_pti",
        note="a concurrent flush hides the initiator's own, of one page in two address spaces",
    ),
    Figure(
        name="V4 concurrent, 4 threads",
        what="what a concurrent flush saves",
        machine="Haswell",
        published=-9.5,
        unit="%",
        limits=(-14.5, -4.5),
        runs=THREADS,
        emulated=saved("4 concurrent", "4"),
        profile="haswell_pti",
    ),
    Figure(
        name="V9 16 cores",
        what="a shootdown, all unmapping, published interrupt",
        machine="2 sockets",
        published=6.0,
        unit="us",
        limits=near(6.0),
        runs={"16": Run("pthread_mmap-one-lock", "ceiling:33", 1, 16)},
        emulated=lambda rows: flushing(rows, "16"),
        profile="haswell_2s",
        note="the price of sending is from one socket (V4); across two each send takes longer, too. That all 16 unmap "
        "adds nothing to a shootdown: the lock lets one after the other do it, and whoever waits for it answers",
    ),
    Figure(
        name="V9 120 cores",
        what="a shootdown, with the published interrupt",
        machine="8 sockets",
        published=80,
        unit="us",
        limits=(40, 80),  # the most that was seen: a usual one may take half of it, and none more
        runs={"120": Run("munmap", "ceiling:33", 1, 120)},
        emulated=lambda rows: flushing(rows, "120"),
        profile="ivybridge_8s",
        note="published is the most that was seen. Interrupts that wait for each other between sockets, and "
        "a sender whose every send crosses them, are not modelled",
    ),
    Figure(
        name="V9 munmap",
        what="munmap by LATR over interrupts, 16 cores",
        machine="2 sockets",
        published=0.29,
        unit="x",
        limits=near(0.29),
        runs={"IPI": Run("munmap", "ceiling:33", 1, 16), "LATR": Run("munmap", "ceiling:33+latr", 1, 16)},
        emulated=ratio("LATR", "IPI"),
        profile="haswell_2s",
        note="what is left of a munmap here is one PTE and a short call; the published munmap does more besides",
    ),
    Figure(
        name="V9 Apache",
        what="requests that a web server serves more of",
        machine="2 sockets",
        published=59.9,
        unit="%",
        note="no web server runs here",
    ),
    Figure(
        name="V11 loops",
        what="loops of discard and touch, broadcast over IPIs",
        machine="Milan, 36 cores",
        published=1.58,
        unit="x",
        limits=near(1.58),
        runs=LOOPS,
        emulated=ratio("before", "after"),
        profile="milan",
        claim=TLB_FLUSH2,
        note="what else a loop takes: 30 of the published 31 us are no flushing, 3 here. Left out are the locks of "
        "free frames, page tables and reclaim's lists (LRU), and cache lines that go from core to core",
    ),
    Figure(
        name="V11 loops, INVLPGB alone",
        what="the same where the LRU's lock has not been taken away",
        machine="Milan, 36 cores",
        published=1.0,
        unit="x",
        limits=near(1.0, 10),  # nothing was gained
        runs=LOOPS,
        emulated=ratio("before", "after"),
        profile="milan",
        claim=TLB_FLUSH2,
        note="527,000 loops a second before and after: all cores wait for the LRU's lock, which is not modelled",
    ),
    Figure(
        name="V11 share before",
        what="share of time that flushing takes, interrupts",
        machine="Milan, 36 cores",
        published=SHARE_BEFORE,
        unit="%",
        limits=near(SHARE_BEFORE),
        runs=LOOPS,
        emulated=share_of_all("before"),
        profile="milan",
        claim=TLB_FLUSH2,
        note="as V11 loops; of the published 68 us the lock of reclaim's lists alone took 19. V11 flushing is this "
        "figure without the rest of a loop",
    ),
    Figure(
        name="V11 share after",
        what="share of time that flushing takes, broadcast",
        machine="Milan, 36 cores",
        published=SHARE_AFTER,
        unit="%",
        limits=near(SHARE_AFTER, 50),  # published as a whole number
        runs=LOOPS,
        emulated=share_of_all("after"),
        profile="milan",
        claim=TLB_FLUSH2,
        note="as V11 share before",
    ),
    Figure(
        name="V11 flushing before",
        what="a loop's flushing by interrupts, answers included",
        machine="Milan, 36 cores",
        published=SHARE_BEFORE / 100 * LOOP,
        unit="us",
        limits=near(SHARE_BEFORE / 100 * LOOP),
        runs=LOOPS,
        emulated=flushing_of_all("before"),
        profile="milan",
        claim=TLB_FLUSH2,
        note="reckoned from share and loops. Interrupts cost here what they do on one socket of Haswell (V4)",
    ),
    Figure(
        name="V11 flushing after",
        what="a loop's flushing by broadcast",
        machine="Milan, 36 cores",
        published=SHARE_AFTER / 100 * LOOP,
        unit="us",
        limits=near(SHARE_AFTER / 100 * LOOP, 50),
        runs=LOOPS,
        emulated=flushing_of_all("after"),
        profile="milan",
        claim=TLB_FLUSH2,
        note="reckoned from share and loops. Broadcasts of 36 cores at once do not wait for one another here",
    ),
    Figure(
        name="V13 growth",
        what="a broadcast on 100 cores over one on 8",
        machine="Arm",
        published=GROWTH,
        unit="x",
        limits=near(GROWTH),
        runs={
            "8": Run("reclaim", "ceiling:33+broadcast", 32, 8),
            "100": Run("reclaim", "ceiling:33+broadcast", 32, 100),
        },
        emulated=lambda rows: flushing(rows, "100") / flushing(rows, "8"),
        profile="arm_sd888",
    ),
    Figure(
        name="V13 share",
        what="share of reclaiming memory that broadcasts take",
        machine="Snapdragon 888",
        published=EIGHT,
        unit="%",
        limits=near(EIGHT, 50),  # of a system under load, which varies
        runs={"8": Run("reclaim", "ceiling:33+broadcast", 32, 8)},
        emulated=share("8"),
        profile="arm_sd888",
        note="published of a system under pressure, which scans and compresses; giving back a page is all that happens "
        "here. A broadcast is not free, in both",
    ),
    Figure(
        name="V23 2 guests",
        what="memory taken and given back, pv-flush over IPIs",
        machine="Xeon Gold 6142",
        published=42691 / 23962,
        unit="x",
        limits=near(42691 / 23962),
        runs={
            "IPI": Run("pthread_mmap-preempted", "ceiling:33", 32, 16),
            "flag": Run("pthread_mmap-preempted", "ceiling:33+pv-flush", 32, 16),
        },
        emulated=ratio("IPI", "flag"),
        note="published of ebizzy -M, which copies and searches what it has taken before it gives it back; taking and "
        "giving back is all that happens here. And a processor that waits in a loop is taken by the host (pause-loop "
        "exiting), which is not modelled: here it waits to the end",
    ),
)
