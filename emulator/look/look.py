"""All that there is to see of a machine, taken at one moment between two instructions."""

from collections.abc import Iterator

from emulator.base.bits import asid_of, frame_of
from emulator.base.names import Counter
from emulator.base.world import World
from emulator.kernel.kernel import Kernel
from emulator.look.frames import Frames, free_frames, uses_of
from emulator.look.processes import processes_of
from emulator.look.spaces import objects_of, spaces_of
from emulator.look.tables import Tables
from emulator.look.tlbs import Tlbs
from emulator.state import Hart, State, Stretch


class Look:
    """Takes states of one machine; what has not changed since the last one costs little."""

    def __init__(self) -> None:
        self._tables, self._frames, self._tlbs = Tables(), Frames(), Tlbs()

    def state(self, world: World, kernel: Kernel, events: int, memory: tuple[Stretch, ...] = ()) -> State:
        """Return what there is now; `events` is how many there have been, `memory` what was read beside."""
        self._tables.begin()
        spaces = list(spaces_of(world, list(kernel.lives.processes.values()), self._tables))
        levels = int(world.hart[0].levels)
        places = objects_of(world, spaces, kernel.files.cache.roots)
        trees = [self._tables.read(world, frame_of(place), 0, levels - 1) for place in places]
        uses = uses_of(world, spaces, kernel.images.all, trees)
        harts = tuple(self._harts(world, kernel))
        return State(
            events=events,
            instructions=sum(hart.instructions for hart in harts),
            harts=harts,
            processes=tuple(processes_of(world, kernel)),
            spaces=tuple(spaces),
            frames=self._frames.read(world, spaces, uses),
            frames_free=free_frames(world),
            memory=memory,
        )

    def _harts(self, world: World, kernel: Kernel) -> Iterator[Hart]:
        for number in range(int(world.chip.harts)):
            record, thread = world.hart[number], kernel.time.on(number)
            yield Hart(
                number,
                *((thread.process.pid, thread.tid) if thread is not None else (0, 0)),
                *(int(record.pc), int(record.clock), int(record.count[Counter.INSTRUCTIONS])),
                asid_of(int(record.asid_bits)),
                self._tlbs.read(number, record),
            )
