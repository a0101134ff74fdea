"""The whole timeline of a run, written as a stream: what each track shows comes in order of time, and so do all."""

import heapq
from collections.abc import Iterator
from operator import attrgetter
from typing import IO

import numpy as np

from emulator.observe.report import program_name
from emulator.result import Result
from emulator.timeline.marks import Agenda, Mark, What
from emulator.timeline.messages import interrupts_of, senders_of, told_of
from emulator.timeline.packets import Packets
from emulator.timeline.samples import NAMES, Sample, Sampler
from emulator.timeline.spans import spans_of
from emulator.timeline.tracks import Lanes, Tracks
from emulator.timeline.traps import traps_of


def write_timeline(result: Result, sampler: Sampler, out: IO[bytes]) -> None:
    """Write the timeline of a run, which `sampler` has run with `intervals`, to `out`."""
    packets = Packets(out, sampler.clock_ghz)
    tracks = Tracks(packets)
    streams = _streams(result, sampler, tracks)
    for mark in heapq.merge(*streams, key=attrgetter("cycle")):
        packets.write(mark)


def _streams(result: Result, sampler: Sampler, tracks: Tracks) -> list[Iterator[Mark]]:
    machine = tracks.new("machine")
    counters = [tracks.counter(name, machine) for name in NAMES]
    harts = [tracks.new(f"hart {number}", machine, number) for number in range(len(result.per_hart))]
    traps = [tracks.new("traps", hart) for hart in harts]
    told = told_of(result)
    spans = spans_of(result.events)
    of_hart = [np.flatnonzero(result.events["hart"] == number) for number in range(len(harts))]
    return [
        _counters(sampler.samples, counters),
        *(traps_of(result.events, spans, places, track) for places, track in zip(of_hart, traps, strict=True)),
        senders_of(told, Lanes(tracks, "tells", harts)),
        interrupts_of(told, Lanes(tracks, "is told", harts)),
        _turns(result, tracks),
    ]


def _counters(samples: list[Sample], tracks: list[int]) -> Iterator[Mark]:
    last: tuple[int, ...] = ()
    for sample in samples:
        for place, (track, value) in enumerate(zip(tracks, sample.values, strict=True)):
            if not last or last[place] != value:
                yield Mark(sample.cycle, What.VALUE, track, value=value)
        last = sample.values


def _turns(result: Result, tracks: Tracks) -> Iterator[Mark]:
    """Yield who had which hart when, on a track for each thread of each process."""
    turns = result.intervals[result.intervals["pid"] > 0] if len(result.intervals) else result.intervals
    for process in result.processes:
        tracks.process(process.pid, f"{program_name(result, process.image)} (pid {process.pid})")
    threads: dict[tuple[int, int], int] = {}
    agenda = Agenda()
    for turn in turns[np.argsort(turns["begin"], kind="stable")] if len(turns) else ():
        begin, who = int(turn["begin"]), (int(turn["pid"]), int(turn["tid"]))
        yield from agenda.until(begin)
        if who not in threads:
            threads[who] = tracks.thread(*who)
        yield Mark(begin, What.BEGIN, threads[who], f"hart {turn['hart']}")
        agenda.put(Mark(int(turn["end"]), What.END, threads[who]))
    yield from agenda.rest()
