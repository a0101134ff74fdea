"""Marks as packets of Perfetto's trace format, written one by one; names are written once and numbered from then on.

The format is that of the package `perfetto`, which has its messages.
"""

from typing import IO, Any

from emulator.timeline.marks import Mark, What

SEQUENCE = 1  # all packets are of one sequence: numbers of names hold in it


class Packets:
    """Writes a trace to `out`; cycles become nanoseconds at `clock_ghz`."""

    def __init__(self, out: IO[bytes], clock_ghz: float) -> None:
        from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as protos
        from perfetto.trace_builder.proto_builder import StreamingTraceProtoBuilder

        self._builder = StreamingTraceProtoBuilder(out)
        self._ghz = clock_ghz
        event, packet = protos.TrackEvent, protos.TracePacket
        self._types = {
            What.BEGIN: event.TYPE_SLICE_BEGIN,
            What.END: event.TYPE_SLICE_END,
            What.MOMENT: event.TYPE_INSTANT,
            What.VALUE: event.TYPE_COUNTER,
        }
        self._begins, self._goes_on = packet.SEQ_INCREMENTAL_STATE_CLEARED, packet.SEQ_NEEDS_INCREMENTAL_STATE
        self._explicit = protos.TrackDescriptor.EXPLICIT
        self._names: dict[str, int] = {}
        self._detail_names: dict[str, int] = {}
        self._begun = False

    # tracks

    def declare(self, uuid: int, name: str, parent: int, rank: int) -> None:
        """Write down a track of that name, in place `rank` below its parent, 0 for none."""
        packet, track = self._track(uuid)
        track.name, track.sibling_order_rank = name, rank
        track.child_ordering = self._explicit
        if parent:
            track.parent_uuid = parent
        self._builder.write_packet(packet)

    def declare_counter(self, uuid: int, name: str, parent: int) -> None:
        """Write down the track of a counter."""
        packet, track = self._track(uuid)
        track.name, track.parent_uuid = name, parent
        track.counter.SetInParent()
        self._builder.write_packet(packet)

    def declare_process(self, uuid: int, pid: int, name: str) -> None:
        """Write down the track of a process."""
        packet, track = self._track(uuid)
        track.process.pid, track.process.process_name = pid, name
        self._builder.write_packet(packet)

    def declare_thread(self, uuid: int, pid: int, tid: int) -> None:
        """Write down the track of a thread, which belongs to its process by its numbers."""
        packet, track = self._track(uuid)
        track.thread.pid, track.thread.tid, track.thread.thread_name = pid, tid, f"thread {tid}"
        self._builder.write_packet(packet)

    def _track(self, uuid: int) -> tuple[Any, Any]:
        packet = self._packet()
        packet.track_descriptor.uuid = uuid
        return packet, packet.track_descriptor

    # marks

    def write(self, mark: Mark) -> None:
        """Write down one mark."""
        packet = self._packet()
        packet.timestamp = nanoseconds(mark.cycle, self._ghz)
        event = packet.track_event
        event.type, event.track_uuid = self._types[mark.what], mark.track
        if mark.what is What.VALUE:
            event.counter_value = mark.value
        if mark.name:
            event.name_iid = self._number(mark.name, self._names, packet.interned_data.event_names)
        for name, value in mark.details:
            detail = event.debug_annotations.add()
            detail.name_iid = self._number(name, self._detail_names, packet.interned_data.debug_annotation_names)
            if name in ("pc", "va"):
                detail.pointer_value = value & (1 << 64) - 1
            else:
                detail.int_value = value
        event.flow_ids.extend(mark.flows)
        event.terminating_flow_ids.extend(mark.ending)
        self._builder.write_packet(packet)

    def _packet(self) -> Any:
        packet = self._builder.create_packet()
        packet.trusted_packet_sequence_id = SEQUENCE
        packet.sequence_flags = self._goes_on if self._begun else self._begins
        self._begun = True
        return packet

    def _number(self, name: str, known: dict[str, int], written: Any) -> int:
        number = known.get(name)
        if number is None:
            number = known[name] = len(known) + 1
            new = written.add()
            new.iid, new.name = number, name
        return number


def nanoseconds(cycle: int, clock_ghz: float) -> int:
    """Return the time of a cycle as programs are told it, too: the nanosecond that it is in."""
    return int(cycle / clock_ghz)
