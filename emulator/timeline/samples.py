"""What counters stood at while a run went on: looked at after events, which changes nothing."""

from typing import NamedTuple

from emulator.base.names import COUNTERS, Counter
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.machine import Control, Machine
from emulator.result import Result

MOST_SAMPLES = 1 << 14
COUNTED = (Counter.TLB_L1I_MISSES, Counter.TLB_L1D_MISSES, Counter.TLB_L2_MISSES, Counter.FLUSH_INDUCED_MISSES)
NAMES = ("frames.in_use", *(COUNTERS[counter].name for counter in COUNTED))


class Sample(NamedTuple):
    """What stood where at `cycle`: `values` in the order of `NAMES`."""

    cycle: int
    values: tuple[int, ...]


class Sampler:
    """Runs one machine, as it would run by itself, and reads its counters after each event.

    Of a long run it keeps at most `most` samples: when there are more, every other one goes, and the machine is looked
    at half as often from there on.
    """

    def __init__(self, most: int = MOST_SAMPLES) -> None:
        self._most = most
        self._stride = 1
        self.samples: list[Sample] = []
        self.clock_ghz = 1.0  # of the machine that was run

    def run(self, machine: Machine, max_instructions: int | None = None) -> Result:
        """Run `machine` until every process has ended, or that many instructions more were retired; return the result.

        Raises ConfigError for a limit below 1.
        """
        self.clock_ghz = machine.config.profile.clock_ghz
        control = Control(machine)
        end = machine.core.retired + (MOST_INSTRUCTIONS if max_instructions is None else max_instructions)
        self._look(machine)
        why = "event"
        while why == "event":
            control.stop_after(self._stride)
            why = control.run(end - machine.core.retired).why if machine.core.retired < end else "limit"
            self._look(machine)
        machine.world.control.countdown = 0
        return machine.result(why)

    def _look(self, machine: Machine) -> None:
        """Harts' clocks run apart: the time of a sample is the latest that anybody has come to."""
        world = machine.world
        clock = int(world.hart[int(world.turns.last)].clock)
        cycle = max(clock, self.samples[-1].cycle if self.samples else 0)
        counts = world.harts["count"][:, COUNTED].sum(axis=0).tolist()
        self.samples.append(Sample(cycle, (int(world.allocator.in_use), *counts)))
        if len(self.samples) > self._most:
            del self.samples[1::2]
            self._stride *= 2
