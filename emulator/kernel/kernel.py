"""The kernel as Python sees it: its parts, which share one hart at a time.

`hart` says which is served, and `current` is the thread that runs there. Processes and threads are in `lives`, the
harts' time in `time`, who waits for a word of memory in `futexes`, for an open file in `sleepers`; `files` and `notes`
are the machine's.
"""

from collections.abc import Callable

from emulator.base.world import World
from emulator.config import Config
from emulator.kernel.accounts.notes import Notes
from emulator.kernel.io.cache import PageCache
from emulator.kernel.io.files import OpenFiles
from emulator.kernel.io.streams import Streams
from emulator.kernel.processes import signalling
from emulator.kernel.processes.futex import Futexes
from emulator.kernel.processes.hart_time import HartTime
from emulator.kernel.processes.lives import Lives
from emulator.kernel.processes.process import Alarm, Thread
from emulator.kernel.processes.siginfo import Info
from emulator.kernel.processes.signals import Signal
from emulator.kernel.processes.sleepers import Sleepers
from emulator.kernel.programs.images import Images
from emulator.kernel.programs.storage import Storage
from emulator.kernel.service.aging import Aging
from emulator.kernel.service.merging import Merging
from emulator.kernel.service.moves import Moves
from emulator.kernel.service.served import ServedHart
from emulator.kernel.service.spaces import Spaces
from emulator.kernel.service.usercopy import UserMemory


class Kernel:
    """The parts of the kernel of `world`.

    `drain` is called when the event buffer is full and must empty it, `make_room` between the many invalidations of one
    call and must leave room for more of them in the ledger.
    """

    def __init__(
        self,
        world: World,
        config: Config,
        images: Images,
        streams: Streams,
        drain: Callable[[], None],
        make_room: Callable[[], None],
    ) -> None:
        self.world, self.images = world, images
        self.clock_ghz = config.profile.clock_ghz
        self.hart = ServedHart(world, drain)
        self.user = UserMemory(world, self.hart, drain)
        self.spaces = Spaces(world, self.hart, make_room)
        self.moves = Moves(world, self.hart, self.spaces, make_room)
        self.time = HartTime(world, config, self.hart, self.user)
        self.futexes = Futexes(self.spaces, self.hart, self.time)
        self.files = OpenFiles(streams, PageCache(world, self.hart, Storage(world)))
        self.sleepers = Sleepers(self.time)
        self.lives = Lives(self.hart, self.user, self.spaces, self.time, self.futexes, self.files, config.seed)
        self.notes = Notes(world, self.hart)
        self.aging = Aging(world, self.hart, self.spaces)
        self.merging = Merging(world, self.hart, self.spaces)

    @property
    def current(self) -> Thread | None:
        """The thread that has the hart."""
        return self.time.current

    @property
    def running(self) -> Thread:
        """The thread that has the hart, where one must."""
        return self.time.running

    def dispatch(self) -> bool:
        """Give free harts to ready threads; return whether any hart has a thread to run."""
        while self.files.closed:
            self.sleepers.wake(self.files.closed.pop(0))
        while True:
            runs = self.time.dispatch()
            if self.time.rung:
                self._ring(*self.time.rung.pop(0))
                continue
            thread = self.time.next_alerted()
            if thread is None:
                return runs
            self.hart.at(thread.hart)
            if thread.retry is None:
                self.hart.begin_work()
            signalling.deliver(self.lives, thread)

    def _ring(self, alarm: Alarm, cycle: int) -> None:
        """Send the signal of `alarm`, which is due at `cycle`, on the hart where its process ran last."""
        threads = alarm.process.threads
        if threads:
            with self.time.at(max(threads[0].hart, 0), cycle):
                signalling.send(self.lives, alarm.process, Info(Signal.SIGALRM))
