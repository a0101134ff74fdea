"""`translate_many` beside a TLB alone in C: six streams of addresses, counters only, in one run.

    python -m benchmarks.streams [ROUNDS]

The C (`ideal/stream.c`) has the same two levels and the same replacement, and no page tables: a miss of both levels
costs it nothing but the fills, where an `Mmu` without caches walks three levels of Sv39. Both see the same addresses
and have to count the same hits. Told for each stream is the best of the rounds, in which the two take turns, for three
placements of page tables and seeds of addresses; the third column keeps all outcomes, the fourth one.
"""

import ctypes
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emulator import Mmu

COUNT = 2_000_000
PAGE, MIB = 4096, 1 << 20
PLACEMENTS = 3
Addresses = npt.NDArray[np.int64]

STREAMS: dict[str, Callable[[np.random.Generator], Addresses]] = {
    "16 KiB in order, 8 bytes a step": lambda _: np.arange(COUNT) * 8 % (16 << 10),
    "32 pages at random": lambda chance: chance.integers(0, 32 * PAGE, COUNT),
    "1,024 pages at random": lambda chance: chance.integers(0, 1024 * PAGE, COUNT),
    "64 MiB in order, a page a step": lambda _: np.arange(COUNT) * PAGE % (64 * MIB),
    "64 MiB at random": lambda chance: chance.integers(0, 64 * MIB, COUNT),
    "4 GiB at random": lambda chance: chance.integers(0, 4096 * MIB, COUNT),
}


def machine(placement: int) -> Mmu:
    """Return an Mmu without caches that maps 4 GiB; `placement` moves its tables."""
    mmu = Mmu(profile="skylake", memory="6GiB", caches=False, engine="compiled")
    for _ in range(placement * 7):
        mmu.new_root()
    mmu.root = mmu.new_root()
    mmu.map(0, 0, "rwuad", pages=4096 * MIB // PAGE)
    return mmu


def alone(folder: str) -> ctypes.CDLL:
    """Return the TLB in C, compiled in `folder`."""
    library = Path(folder) / "stream.so"
    source = Path(__file__).parent / "ideal" / "stream.c"
    subprocess.run(["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source], check=True)
    return ctypes.CDLL(str(library))


def rate(work: Callable[[], object]) -> float:
    """Return millions of accesses a second of CPU time."""
    began = time.process_time()
    work()
    return COUNT / (time.process_time() - began) / 1e6


def compare(mmu: Mmu, ideal: ctypes.CDLL, vas: Addresses, rounds: int) -> tuple[float, float, float, float]:
    """Return the best rates of the Mmu with counters only, of C, and of the Mmu with all outcomes and with `pa`."""
    counts = (ctypes.c_uint64 * 3)()
    pointers = [ctypes.byref(counts, 8 * number) for number in range(3)]
    works = (
        lambda: mmu.translate_many(vas, size=1, keep=()),
        lambda: ideal.run(ctypes.c_void_p(vas.ctypes.data), ctypes.c_uint64(COUNT), *pointers),
        lambda: mmu.translate_many(vas, size=1),
        lambda: mmu.translate_many(vas, size=1, keep=("pa",)),
    )
    best = [0.0] * len(works)
    for number in range(rounds):
        for place, work in enumerate(works[: 2 if number else None]):
            mmu.fence()
            ideal.reset()
            before = mmu.counters
            best[place] = max(best[place], rate(work))
            if place == 0:
                after = mmu.counters
                misses, walks = (after[name] - before[name] for name in ("tlb.l1d.misses", "walk.count"))
                told = COUNT - misses, misses - walks, walks
            elif place == 1:
                assert tuple(counts) == told, f"C counts {tuple(counts)}, the Mmu {told}"
                ctypes.memset(counts, 0, ctypes.sizeof(counts))
    return best[0], best[1], best[2], best[3]


def main(rounds: int) -> None:
    """Print a row for each stream."""
    print(f"{'million accesses a second':34}{'Mmu':>8}{'C':>8}{'ratio':>8}{'all kept':>10}{'pa kept':>9}")
    with tempfile.TemporaryDirectory() as folder:
        ideal = alone(folder)
        machines = [machine(placement) for placement in range(PLACEMENTS)]
        for name, addresses in STREAMS.items():
            rows = []
            for seed, mmu in enumerate(machines):
                vas = addresses(np.random.default_rng(seed)).astype(np.int64)
                rows.append(compare(mmu, ideal, vas, rounds))
            ours, theirs, kept, one = map(max, zip(*rows, strict=True))
            print(f"{name:34}{ours:8.1f}{theirs:8.1f}{ours / theirs:8.2f}{kept:10.1f}{one:9.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
