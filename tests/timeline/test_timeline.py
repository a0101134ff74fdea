"""A timeline, read back with Perfetto's own messages: a slice for each event, an arrow for each interrupt."""

import io
import os
import tracemalloc
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

from emulator import Machine
from emulator.base.names import COSTS
from emulator.observe.story import PHASES
from emulator.timeline import Sampler, write_timeline
from emulator.timeline.packets import nanoseconds
from emulator.timeline.spans import BEGINS, spans_of
from isa import Program, assemble
from tests.running import call, source

PROGRAMS = Path(__file__).parents[2] / "programs"
BEGIN, END = TrackEvent.TYPE_SLICE_BEGIN, TrackEvent.TYPE_SLICE_END
NAMES = ["child_writes_first", "cow_with_threads", "fork_exec", "shootdown", "syscall_copy_out", "vfork"]


def machine_of(name, **choices):
    machine = Machine(memory="16MiB", intervals=True, **({"harts": 4} | choices))
    machine.spawn(Program.load(PROGRAMS / f"{name}.s"))
    return machine


def written(name, **choices):
    """The result of a run, the bytes of its timeline, and what ran it."""
    sampler = Sampler()
    result = sampler.run(machine_of(name, **choices))
    out = io.BytesIO()
    write_timeline(result, sampler, out)
    return result, out.getvalue(), sampler


class Read:
    """A timeline as its reader has it: tracks by number, marks in order with their names."""

    def __init__(self, data):
        trace = Trace()
        trace.ParseFromString(data)
        self.tracks, self.marks, names, details = {}, [], {}, {}
        for packet in trace.packet:
            names |= {new.iid: new.name for new in packet.interned_data.event_names}
            details |= {new.iid: new.name for new in packet.interned_data.debug_annotation_names}
            if packet.HasField("track_descriptor"):
                assert packet.track_descriptor.uuid not in self.tracks
                self.tracks[packet.track_descriptor.uuid] = packet.track_descriptor
            else:
                event = packet.track_event
                said = {
                    details[each.name_iid]: each.int_value or each.pointer_value for each in event.debug_annotations
                }
                self.marks.append((packet.timestamp, event, names.get(event.name_iid, ""), said))

    def slices(self):
        """All slices: (track, name, details, begin, end, depth)."""
        under_way, found = defaultdict(list), []
        for time, event, name, said in self.marks:
            if event.type == BEGIN:
                under_way[event.track_uuid].append((name, said, time))
            elif event.type == END:
                name, said, begin = under_way[event.track_uuid].pop()
                track = self.tracks[event.track_uuid]
                found.append((track, name, said, begin, time, len(under_way[event.track_uuid])))
        assert not any(under_way.values())
        return found


@pytest.mark.parametrize("name", NAMES)
def test_a_run_that_is_sampled_is_the_same_run(name):
    result, straight = written(name)[0], machine_of(name).run()
    assert result.events.tobytes() == straight.events.tobytes()
    assert (result.counters, result.costs, result.ended) == (straight.counters, straight.costs, straight.ended)


@pytest.mark.parametrize("name", NAMES)
def test_time_never_goes_back(name):
    times = [mark[0] for mark in Read(written(name)[1]).marks]
    assert times == sorted(times)


@pytest.mark.parametrize("name", NAMES)
def test_each_event_is_one_slice_on_its_harts_track(name):
    result, data, _ = written(name)
    read = Read(data)
    traps = [slice for slice in read.slices() if "event" in slice[2]]
    assert sorted(said["event"] for _, _, said, *_ in traps) == list(range(len(result.events)))
    for track, _, said, *_ in traps:
        assert read.tracks[track.parent_uuid].name == f"hart {result.events['hart'][said['event']]}"


@pytest.mark.parametrize("name", NAMES)
def test_phases_of_all_traps_are_the_costs_that_events_tell(name):
    result, data, _ = written(name)
    found = Counter(name for track, name, said, *_ in Read(data).slices() if track.name == "traps" and not said)
    told = np.asarray(result.events["cost"]).astype(bool).sum(axis=0).tolist()
    assert found == {PHASES.get(row.name, row.name): times for row, times in zip(COSTS, told, strict=True) if times}


@pytest.mark.parametrize("name", NAMES)
def test_spans_of_a_hart_lie_within_or_beside_each_other(name):
    events = written(name)[0].events
    spans = spans_of(events)
    for one in range(len(events)):
        for other in range(one):
            if events["hart"][one] == events["hart"][other]:
                inside = spans.begin[one] <= spans.begin[other] and spans.end[other] <= spans.end[one]
                assert inside or spans.end[other] <= spans.begin[one]


@pytest.mark.parametrize("name", NAMES)
def test_an_events_span_is_the_cycle_it_tells_and_its_cost(name):
    events = written(name)[0].events
    spans = spans_of(events)
    begins = np.isin(events["kind"], BEGINS)
    assert (spans.begin[begins] == events["cycle"][begins]).all()
    assert (spans.end[~begins] == events["cycle"][~begins]).all()
    lone = ~np.isin(np.arange(len(events)), spans.around)
    assert (spans.end[lone] - spans.begin[lone] == events["cost"].sum(axis=1)[lone]).all()


def test_a_fault_of_the_kernels_own_access_lies_within_its_call():  # F66
    result, data, _ = written("syscall_copy_out")
    within = [int(place) for place in spans_of(result.events).around[result.events["usercopy"] == 1]]
    assert within
    assert all(result.events["arguments"][place].any() for place in within)
    depths = {said["event"]: depth for *_, said, _, _, depth in Read(data).slices() if "event" in said}
    assert all(depths[int(place)] > 0 for place in np.flatnonzero(result.events["usercopy"]))


@pytest.mark.parametrize("flush", ["asid", "full", "asid+early-ack", "asid+latr"])
@pytest.mark.parametrize("name", ["shootdown", "cow_with_threads"])
def test_an_arrow_goes_from_sender_to_interrupt_and_back_for_each_interrupt_of_the_ledger(name, flush):
    result, data, _ = written(name, flush=flush)
    places = defaultdict(list)
    read = Read(data)
    for _, event, *_ in read.marks:
        for arrow in (*event.flow_ids, *event.terminating_flow_ids):
            places[arrow].append(read.tracks[event.track_uuid].name)
    assert len(places) == result.counters["shootdown.ipis"]
    assert all(names == ["tells", "is told", "tells"] for names in places.values())


def test_no_arrow_goes_where_an_invalidation_is_broadcast():
    result, data, _ = written("shootdown", flush="asid+broadcast")
    assert result.invalidations["told"].any()
    assert not any(event.flow_ids for _, event, *_ in Read(data).marks)


def test_counters_end_where_the_result_says():
    result, data, _ = written("shootdown")
    read, last = Read(data), {}
    for _, event, *_ in read.marks:
        if event.type == TrackEvent.TYPE_COUNTER:
            last[read.tracks[event.track_uuid].name] = event.counter_value
    wanted = ("frames.in_use", "tlb.l1i.misses", "tlb.l1d.misses", "tlb.l2.misses", "flush.induced_misses")
    assert last == {name: result.counters[name] for name in wanted}


def test_each_turn_of_a_thread_is_a_slice_of_its_process():
    result, data, _ = written("cow_with_threads", harts=2)
    turns = Counter(
        (track.thread.pid, track.thread.tid, name)
        for track, name, *_ in Read(data).slices()
        if track.HasField("thread")
    )
    assert turns == Counter((row["pid"], row["tid"], f"hart {row['hart']}") for row in result.intervals if row["pid"])


def test_processes_are_named_by_number_and_program():
    names = {track.process.process_name for track in Read(written("fork_exec")[1]).tracks.values()}
    assert {"fork_exec.s (pid 1)", "exec_target.s (pid 2)"} <= names


def test_cycles_become_nanoseconds_as_programs_are_told_them():
    assert [nanoseconds(cycle, 2.5) for cycle in (0, 2, 3, 5, 10)] == [0, 0, 1, 2, 4]


@pytest.mark.parametrize("name", ["shootdown", "cow_with_threads"])
def test_the_same_seed_makes_the_same_bytes(name):
    assert written(name, seed=3)[1] == written(name, seed=3)[1]


def test_samples_of_a_long_run_are_bounded():
    sampler = Sampler(most=8)
    result = sampler.run(machine_of("cow_with_threads"))
    assert len(result.events) > 16
    assert len(sampler.samples) <= 8
    assert sampler.samples[-1].values[0] == result.counters["frames.in_use"]


def test_writing_takes_less_than_200_bytes_an_event():
    def peak(count):
        loop = f"li s0, {count}\nagain:\n{call('getpid')}addi s0, s0, -1\nbnez s0, again\n"
        machine, sampler = Machine(memory="16MiB", intervals=True), Sampler(most=8)
        machine.spawn(assemble(source(loop)))
        result = sampler.run(machine)
        assert len(result.events) > count
        with open(os.devnull, "wb") as out:
            tracemalloc.start()
            write_timeline(result, sampler, out)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    peak(10)  # what is loaded once
    assert peak(1500) - peak(500) < 1000 * 200


def test_a_limit_ends_a_run_that_is_sampled():
    result = Sampler().run(machine_of("child_writes_first"), 10)
    assert (result.ended, result.instructions) == ("limit", 10)
