"""A run as a timeline for Perfetto: harts, processes, interrupts and counters over time (docs/timeline.md)."""

from emulator.timeline.samples import Sampler
from emulator.timeline.timeline import write_timeline

__all__ = ["Sampler", "write_timeline"]
