"""The works under pytest-benchmark. Each test first checks that the work computes what it should.

Times are of CPU, but for starts, which are other processes. Those of page copies include getting ready: the rates that
are printed last, do not.
"""

import statistics
import time

import pytest

from benchmarks import back, gdb, harts, pages, placement, starts
from benchmarks.compare import PASSES, number
from benchmarks.works import WORKS, Bench, check

pytestmark = pytest.mark.benchmark(timer=time.process_time, warmup=False)
ROUNDS = 5
COPIES = 65536


@pytest.mark.parametrize("name", PASSES)
def test_instructions_of_a_loop(benchmark, rates, name):
    check(WORKS[name])
    bench = Bench(WORKS[name])
    timings = []
    benchmark.pedantic(lambda: timings.append(bench.measure(PASSES[name])), rounds=ROUNDS)
    for what in ("instructions", "translations"):
        median = statistics.median(getattr(timing, what) / timing.seconds for timing in timings)
        benchmark.extra_info[f"{what}/s"] = median
        rates.append(f"{name}: {number(median)} {what}/s")


def test_copies_of_a_storm(benchmark, rates):
    check(WORKS["cow_storm"])
    timings = []
    work = WORKS["cow_storm"]
    benchmark.pedantic(lambda bench: timings.append(bench.timed()), setup=lambda: ((Bench(work),), {}), rounds=ROUNDS)
    for what in ("copies", "faults"):
        median = statistics.median(getattr(timing, what) / timing.seconds for timing in timings)
        benchmark.extra_info[f"{what}/s"] = median
        rates.append(f"cow_storm: {number(median)} {what}/s")


def test_fork_with_256_mib_mapped(benchmark, rates):
    check(WORKS["wide_fork"])
    bench = Bench(WORKS["wide_fork"])
    seconds = []
    benchmark.pedantic(lambda: seconds.append(bench.timed().seconds), setup=bench.ready, rounds=ROUNDS)
    rates.append(f"wide_fork: {number(statistics.median(seconds) * 1e3)} ms a fork")


def test_harts_together(benchmark, rates):
    harts.check()
    found = []
    benchmark.pedantic(lambda: found.append(harts.speed(harts.HARTS) / harts.speed(1)), rounds=ROUNDS)
    rates.append(f"{harts.HARTS} harts: {statistics.median(found):.0%} of the speed of one")


def test_a_shootdown(benchmark, rates):
    harts.check()
    found = []
    benchmark.pedantic(lambda: found.append(harts.shootdown()), rounds=ROUNDS)
    rates.append(f"shootdown of 33 pages on {harts.HARTS} harts: {number(statistics.median(found))} us")


def test_a_step_backwards_in_the_longest_program(benchmark, rates):
    seeds, seconds = iter(range(100)), []
    benchmark.pedantic(lambda: seconds.extend(back.steps(next(seeds))), rounds=ROUNDS)
    median, worst = statistics.median(seconds) * 1e3, max(seconds) * 1e3
    rates.append(f"a step backwards in {back.longest()[0]}: {number(median)} ms, {number(worst)} ms at most")


@pytest.mark.skipif(gdb.GDB is None, reason="gdb-multiarch is not installed (make oracles)")
def test_steps_of_a_debugger(benchmark, rates):
    found = []
    benchmark.pedantic(lambda: found.append(gdb.steps()), rounds=1)
    rates.append(f"{gdb.STEPS:,} steps of gdb: {number(found[0])} s")


@pytest.mark.parametrize("cold", [False, True], ids=["hot", "cold"])
@pytest.mark.parametrize("kind", ["ours", "through_caches", "numpy"])
def test_copying_pages(benchmark, rates, cold, kind):
    def copy():
        if kind == "numpy":
            return pages.numpys(COPIES, cold)
        return pages.ours(COPIES, cold, caches=kind == "through_caches")

    nanoseconds = []
    benchmark.pedantic(lambda: nanoseconds.append(copy()), rounds=ROUNDS, warmup_rounds=1)
    median = statistics.median(nanoseconds)
    benchmark.extra_info["ns/page"] = median
    rates.append(f"page copy, {'cold' if cold else 'hot'}, {kind}: {number(median)} ns a page")


@pytest.mark.benchmark(timer=time.perf_counter)
def test_starting_warm(benchmark, rates):
    seen = []
    starts.warm()  # compiles whatever is missing
    benchmark.pedantic(lambda: seen.append(starts.warm()), rounds=ROUNDS)
    rates.append(f"hello, warm: {number(statistics.median(start.wall for start in seen))} s")
    rates.append(f"hello, peak memory: {number(max(start.peak_mib for start in seen))} MiB")


@pytest.mark.benchmark(timer=time.perf_counter)
def test_starting_cold(benchmark, rates):
    seen = []
    benchmark.pedantic(lambda: seen.append(starts.cold()), rounds=ROUNDS)
    plain = starts.plain()
    rates.append(
        f"explain, cold: {number(statistics.median(start.wall for start in seen) / plain.wall)} x plain Python"
    )


@pytest.mark.benchmark(timer=time.perf_counter)
def test_a_page_beside_its_story(benchmark, rates):
    seen = []
    starts.told()  # compiles whatever is missing
    benchmark.pedantic(lambda: seen.append(starts.paged().cpu / starts.told().cpu), rounds=ROUNDS)
    rates.append(f"subshell as a page: {number(statistics.median(seen))} x its story")


@pytest.mark.benchmark(timer=time.perf_counter)
def test_compiling(benchmark, rates):
    seen = []
    benchmark.pedantic(lambda: seen.append(starts.compiling()), rounds=1)
    rates.append(f"compiling: {number(seen[0].cpu)} s of CPU")


@pytest.mark.benchmark(timer=time.perf_counter)
@pytest.mark.parametrize("length", placement.LENGTHS)
def test_a_loop_at_many_places(benchmark, rates, length):
    found = []
    benchmark.pedantic(lambda: found.append(placement.rates(length)), rounds=1)
    least, most = min(found[0].values()), max(found[0].values())
    rates.append(f"loop of {length}: {number(least)} to {number(most)} instructions/s, {least / most:.0%}")
